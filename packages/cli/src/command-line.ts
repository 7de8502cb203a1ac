import { createRequire } from 'node:module';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type CheckCommandOptions, runCheck } from './commands/check.js';
import { type ClientCommandOptions, runClient } from './commands/client.js';
import { type CreateAdapterCommandOptions, runCreateAdapter } from './commands/create-adapter.js';
import { runService, type ServiceCommandOptions } from './commands/service.js';
import { runStandIn, type StandInCommand, type StandInCommandOptions } from './commands/stand-in.js';
import { runStatus, type StatusCommandOptions } from './commands/status.js';
import { runUp, type UpCommandOptions } from './commands/up.js';
import {
  checkHelp,
  clientHelp,
  createAdapterHelp,
  execHelp,
  programHelp,
  serviceHelp,
  statusHelp,
  stdioHelp,
  upHelp,
} from './help-texts.js';
import { type LogOptions, logLevels } from './log/log-options.js';
import { reportError } from './report-error.js';
import type { Surroundings } from './surroundings.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/**
 * Runs one command.
 *
 * @param arguments_ the words after `lockstep`
 * @returns what the process is to exit with, once the command is done
 */
export async function runCommandLine(arguments_: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    let exitCode = 0;
    const program = createProgram(surroundings, (code) => (exitCode = code));
    await program.parseAsync(arguments_, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has said already what is wrong with the command line, and asks for exit code 0 after --help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, surroundings.stderr);
  }
}

/** @param onExitCode is told what to exit with by commands that stand in for a program, when they are done */
function createProgram(surroundings: Surroundings, onExitCode: (code: number) => void): Command {
  const program = new Command('lockstep')
    .description('Keeps an unmodified service available when its hosts fail.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', programHelp)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
    });

  withLogs(addCommand(program, 'up', 'run a whole group on this machine, to try it out', upHelp))
    .option('--no-restart', 'do not start processes again that died')
    .action((options: UpCommandOptions) => runUp(options, surroundings));

  withLogs(addCommand(program, 'service', 'run one service interceptor, next to one replica', serviceHelp))
    .requiredOption('-r, --replica <name>', 'which of the configured replicas or witnesses to be')
    .option('--bootstrap', 'form a group at once, without the others', false)
    .action((options: ServiceCommandOptions) => runService(options, surroundings));

  withLogs(addCommand(program, 'client', 'run one client interceptor, next to clients', clientHelp)).action(
    (options: ClientCommandOptions) => runClient(options, surroundings),
  );

  addStandInCommands(program, (command, words, options) =>
    runStandIn(command, words, options, surroundings).then(onExitCode),
  );

  addCommand(program, 'status', 'show view, order, lag and connections of every member', statusHelp)
    .option('--json', 'print everything that the members say, as JSON', false)
    .addOption(
      new Option('--timeout-ms <milliseconds>', 'how long to wait for the slowest member')
        .argParser(parseMilliseconds)
        .default(1000),
    )
    .action((options: StatusCommandOptions) => runStatus(options, surroundings));

  addCommand(program, 'check', 'say what is wrong with the configuration, with lines and remedies', checkHelp)
    .option('--schema', 'print the JSON Schema of the configuration instead', false)
    .action((options: CheckCommandOptions) => runCheck(options, surroundings));

  addCreateAdapterCommand(program, surroundings);

  return program;
}

function addCreateAdapterCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('create-adapter')
    .description('make a package with a small working adapter, to start your own from')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', createAdapterHelp)
    .argument('<name>', 'the name of the package')
    .option('--dialect', 'finds requests and replies in bytes that a channel brings (the default)')
    .option('--channel', 'carries bytes')
    .option('--faces', 'takes a protocol apart into messages by itself')
    .option('--in <folder>', 'where to make the folder of the package', '.')
    .action((name: string, options: CreateAdapterCommandOptions) =>
      runCreateAdapter(name, options, version, surroundings),
    );
}

function addStandInCommands(
  program: Command,
  run: (command: StandInCommand, words: readonly string[], options: StandInCommandOptions) => Promise<void>,
): void {
  const endpointOption = ['-e, --endpoint <name>', 'which endpoint, if there are several to choose from'] as const;

  withLogs(addCommand(program, 'stdio', 'stand in for a program on standard input and output', stdioHelp), 'warn')
    .option(...endpointOption)
    .action((options: StandInCommandOptions) => run('stdio', [], options));

  withLogs(addCommand(program, 'exec', 'run a command line on every replica', execHelp), 'warn')
    .option(...endpointOption)
    .argument('<program>', 'the program to run, one that the endpoint allows')
    .argument('[arguments...]', 'its arguments')
    .passThroughOptions()
    .action((name: string, parameters: string[], options: StandInCommandOptions) =>
      run('exec', [name, ...parameters], options),
    );
}

function addCommand(program: Command, name: string, description: string, help: string): Command {
  return program
    .command(name)
    .description(description)
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', help)
    .option('-c, --config <file>', 'the configuration, the same on every host', 'lockstep.yaml');
}

function withLogs(command: Command, level: LogOptions['logLevel'] = 'info'): Command {
  return command
    .addOption(new Option('--log-level <level>', 'the least important lines to log').choices(logLevels).default(level))
    .option('--log-json', 'log one JSON object on each line, even on a terminal', false);
}

function parseMilliseconds(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1, for example 1000.');
  return Number(text);
}
