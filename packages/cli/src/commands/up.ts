import { type Logger, LockstepError } from '@lockstep/contracts';
import { type Configuration, loadConfiguration } from '@lockstep/core';
import { createLogger } from '../log/create-logger.js';
import type { LogOptions } from '../log/log-options.js';
import { StopRequest } from '../stop-request.js';
import type { Surroundings } from '../surroundings.js';
import { GroupProcesses } from '../up/group-processes.js';
import { GroupWatch } from '../up/group-watch.js';
import { LogPrinter } from '../up/log-printer.js';
import { planProcesses } from '../up/plan-processes.js';

export interface UpCommandOptions extends LogOptions {
  readonly config: string;
  /** Whether a process that died is started again. */
  readonly restart: boolean;
}

/** A process may take this long to leave the group, on top of the time that its service may take to end. */
const leaveTimeoutMs = 10_000;

const queryTimeoutMs = 1000;

/** `lockstep up`: a whole group on this machine, until it is asked to stop. */
export async function runUp(options: UpCommandOptions, surroundings: Surroundings): Promise<void> {
  const configuration = await loadConfiguration(options.config);
  const plans = planProcesses(configuration, options, surroundings.mainPath);
  const printer = new LogPrinter([...plans.map(({ name }) => name), 'up'], options.logJson, surroundings.stdout);
  const logger = createLogger({ ...options, logJson: true }, { role: 'up' }, lineOutput(printer));
  const processes = new GroupProcesses(plans, options.restart, printer, logger);
  const watch = new GroupWatch(
    configuration.group,
    () => surroundings.root.queryStatus(configuration, queryTimeoutMs),
    logger,
  );
  const request = new StopRequest(surroundings, logger, () => processes.signalAllForGood('SIGKILL'));
  const forgetExit = surroundings.onExit(() => processes.signalAllForGood('SIGTERM'));
  try {
    processes.start();
    watch.start();
    explain(configuration, logger);
    const end = await Promise.race([processes.gone, request.asked]);
    watch.stop();
    logger.info({}, `stopping all processes: ${end instanceof LockstepError ? end.message : end}`);
    await processes.stop(stopTimeoutMs(configuration));
    logger.info({}, 'all processes have ended');
    if (end instanceof LockstepError) throw end;
  } finally {
    forgetExit();
    request.forget();
  }
}

function explain({ path }: Configuration, logger: Logger): void {
  logger.info({}, `to see how the group is: lockstep status -c ${path}`);
  logger.info({}, 'to see it survive: kill -9 any process above; to end all of them: Ctrl-C here');
}

function stopTimeoutMs(configuration: Configuration): number {
  const services = configuration.replicas.map(({ name }) => configuration.forReplica(name).service?.stopTimeoutMs ?? 0);
  return Math.max(...services) + leaveTimeoutMs;
}

/** What this process logs goes the way of what the others log. */
function lineOutput(printer: LogPrinter) {
  return { write: (line: string) => printer.print('up', line.trimEnd()) };
}
