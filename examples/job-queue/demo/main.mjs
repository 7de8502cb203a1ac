import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { moveConfiguration, readConfiguration } from './configuration.mjs';
import { Demo } from './demo.mjs';
import { readOptions, USAGE } from './options.mjs';
import { PlainView } from './plain-view.mjs';
import { takenPorts } from './ports.mjs';
import { TerminalView } from './terminal-view.mjs';

const CONFIGURATION = fileURLToPath(new URL('../lockstep.yaml', import.meta.url));

/** Signals closer together than this are one. */
const INSISTENCE_MS = 500;

/** Something that whoever started the demo can put right, and the code to exit with. */
class AdviceError extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

function optionsOrAdvice() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    throw new AdviceError(`${error.message}\n\n${USAGE}`, 2);
  }
}

async function configurationOrAdvice(basePort, folder) {
  const configuration = readConfiguration(CONFIGURATION);
  const chosen = basePort === null ? configuration : moveConfiguration(configuration, basePort, folder);
  const taken = await takenPorts(chosen);
  if (taken.length === 0) return chosen;
  throw new AdviceError(
    `These ports are taken by another program, or by a demo that still runs:\n  ${taken.join('\n  ')}\n` +
      'End it, or choose others: --base-port 7500 takes 7500 to 7523.',
    1,
  );
}

/** @returns {Promise<number>} the exit code, unless a signal ends the process before */
async function main() {
  const options = optionsOrAdvice();
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  if (!existsSync(options.lockstep)) {
    throw new AdviceError(`${options.lockstep} is not there; build it first: npm run build`, 1);
  }
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-job-queue-'));
  let code = 1;
  try {
    const configuration = await configurationOrAdvice(options.basePort, folder);
    code = await show({ options, configuration, logFolder: folder });
  } finally {
    if (code === 0) rmSync(folder, { recursive: true, force: true });
    else console.error(`the logs are in ${folder}`);
  }
  return code;
}

async function show(parts) {
  const terminal = process.stdout.isTTY && process.stdin.isTTY;
  const view = terminal ? new TerminalView(process.stdout) : new PlainView(process.stdout);
  const demo = new Demo({ ...parts, view });
  // Whatever ends this process, its children end with it: in good order if there is time, and at once if not.
  process.on('exit', () => {
    demo.killNow();
    view.close();
  });
  const interrupted = interruption();
  try {
    const good = await Promise.race([demo.run(), interrupted]);
    if (terminal && demo.playOn()) await interrupted;
    return good ? 0 : 1;
  } catch (error) {
    view.say(error.message);
    return 1;
  } finally {
    await demo.stop();
  }
}

/** @returns {Promise<false>} resolves at the first signal to end; whoever insists on it later is obeyed at once */
function interruption() {
  return new Promise((resolve) => {
    let firstMs;
    const onSignal = () => {
      firstMs ??= performance.now();
      resolve(false);
      // One Ctrl-C comes twice under npm: from the terminal, and passed on.
      if (performance.now() - firstMs > INSISTENCE_MS) process.exit(1);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  });
}

try {
  process.exit(await main());
} catch (error) {
  if (!(error instanceof AdviceError)) throw error;
  console.error(error.message);
  process.exit(error.exitCode);
}
