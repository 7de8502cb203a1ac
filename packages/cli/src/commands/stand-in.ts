import { constants } from 'node:os';
import { LockstepError, type ProgramStatus } from '@lockstep/contracts';
import { type Configuration, loadConfiguration } from '@lockstep/core';
import { createLogger } from '../log/create-logger.js';
import type { LogOptions } from '../log/log-options.js';
import { StopRequest } from '../stop-request.js';
import type { Surroundings } from '../surroundings.js';

export interface StandInCommandOptions extends LogOptions {
  readonly config: string;
  /** Undefined if the configuration has only one that the command can stand in for. */
  readonly endpoint?: string;
}

/** What the process is to stand in for: a program that reads standard input as it comes, or one command line. */
export type StandInCommand = 'stdio' | 'exec';

/** The adapter whose endpoints run one command line each; those of all others run programs. */
const execAdapter = '@lockstep/adapter-stdio/exec';

/**
 * `lockstep stdio` and `lockstep exec`: stands in for a program until that ends. Standard output is the program's alone.
 *
 * @param words the command line for `exec`
 * @returns what the process is to exit with: what the program exited with, or 128 and the number of the signal that ended
 *   it, as in a shell; the same for a signal to this process
 * @throws LockstepError why it cannot go on in the program's place
 */
export async function runStandIn(
  command: StandInCommand,
  words: readonly string[],
  options: StandInCommandOptions,
  surroundings: Surroundings,
): Promise<number> {
  const configuration = await loadConfiguration(options.config);
  const endpoint = chooseEndpoint(configuration, command, options.endpoint);
  const logger = createLogger(options, { role: command }, surroundings.stderr);
  const request = new StopRequest(surroundings, logger);
  try {
    let conclude!: { readonly resolve: (code: number) => void; readonly reject: (error: Error) => void };
    const outcome = new Promise<number>((resolve, reject) => (conclude = { resolve, reject }));
    // It may fail before anybody waits for it.
    outcome.catch(() => undefined);
    const composition = await surroundings.root.composeClient(configuration, {
      logger,
      standIn: {
        endpoint,
        arguments: words,
        onExit: (status) => conclude.resolve(exitCodeOf(status)),
        onFailure: (error) => conclude.reject(error),
      },
    });
    composition.done.catch((error: Error) => conclude.reject(error));
    try {
      return await Promise.race([outcome, request.asked.then(signalCode)]);
    } finally {
      await composition.stop();
    }
  } finally {
    request.forget();
  }
}

/** @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` if it is not clear which one is meant */
function chooseEndpoint(
  { clientEndpoints, path }: Configuration,
  command: StandInCommand,
  name: string | undefined,
): string {
  const candidates = clientEndpoints
    .filter(
      ({ listen, adapter }) => listen === undefined && (adapter.specifier === execAdapter) === (command === 'exec'),
    )
    .map((endpoint) => endpoint.name);
  const [first, ...others] = candidates;
  if (first === undefined) {
    throw wrong(`${path} has no endpoint for lockstep ${command}: write one with adapter: ${command}.`);
  }
  const choices = candidates.join(', ');
  if (name !== undefined) {
    if (candidates.includes(name)) return name;
    throw wrong(`${path} has no endpoint "${name}" for lockstep ${command}. There is ${choices}.`);
  }
  if (others.length === 0) return first;
  throw wrong(`${path} has several endpoints for lockstep ${command}: say which with --endpoint (${choices}).`);
}

/** The same as a shell's: a signal counts from 128. */
function exitCodeOf({ code, signal }: ProgramStatus): number {
  return code ?? signalCode(signal ?? '');
}

function signalCode(signal: string): number {
  const number = (constants.signals as Readonly<Record<string, number>>)[signal];
  return number === undefined ? 1 : 128 + number;
}

function wrong(message: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', message);
}
