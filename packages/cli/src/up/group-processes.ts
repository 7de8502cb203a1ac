import { LockstepError, type Logger } from '@lockstep/contracts';
import { isListeningMessage } from './child-message.js';
import type { LogPrinter } from './log-printer.js';
import { type Ending, SupervisedProcess } from './supervised-process.js';

/** One process of a group: what it is called, and how it is started. */
export interface ProcessPlan {
  /** Unique: the prefix of its log lines. */
  readonly name: string;
  /** What people call it: `replica a`. */
  readonly title: string;
  /** The arguments of `node`. */
  readonly arguments: readonly string[];
}

/** All processes of a group on this machine, the replicas and the client interceptor. */
export class GroupProcesses {
  /** Resolves with the reason when nothing is left to supervise: all are down for good, or one is beyond hope. */
  readonly gone: Promise<LockstepError>;
  readonly #logger: Logger;
  readonly #processes: ReadonlyMap<ProcessPlan, SupervisedProcess>;
  readonly #down = new Set<ProcessPlan>();
  #resolveGone: (reason: LockstepError) => void = () => undefined;

  constructor(plans: readonly ProcessPlan[], restarts: boolean, printer: LogPrinter, logger: Logger) {
    this.gone = new Promise((resolve) => (this.#resolveGone = resolve));
    this.#logger = logger;
    this.#processes = new Map(
      plans.map((plan) => {
        const process_ = new SupervisedProcess(process.execPath, plan.arguments, restarts, {
          onStarted: (pid) => logger.info({}, `${plan.title} is process ${pid}`),
          onLine: (line) => printer.print(plan.name, line),
          onMessage: (message) => this.#onMessage(message),
          onEnded: (ending, restartInMs) => this.#onEnded(plan, ending, restartInMs),
        });
        return [plan, process_];
      }),
    );
  }

  start(): void {
    for (const process_ of this.#processes.values()) process_.start();
  }

  /** Ends all processes in good order, the last plan first: the client interceptor before the replicas. */
  async stop(timeoutMs: number): Promise<void> {
    const [last, ...others] = [...this.#processes].reverse();
    if (last !== undefined) await this.#stopOne(last, timeoutMs);
    await Promise.all(others.map((entry) => this.#stopOne(entry, timeoutMs)));
  }

  /** Signals all processes now, without waiting for anything. */
  signalAllForGood(signal: 'SIGTERM' | 'SIGKILL'): void {
    for (const process_ of this.#processes.values()) process_.signalForGood(signal);
  }

  async #stopOne([plan, process_]: readonly [ProcessPlan, SupervisedProcess], timeoutMs: number): Promise<void> {
    const ending = await process_.stop(timeoutMs);
    if (ending === undefined || ending.code === 0) return;
    this.#logger.warn({}, `${plan.title} ${describeEnding(ending)} when it was told to stop`);
  }

  #onMessage(message: unknown): void {
    if (!isListeningMessage(message)) return;
    for (const [endpoint, address] of message.addresses) {
      this.#logger.info({}, `clients connect to ${endpoint} at ${address}`);
    }
  }

  #onEnded(plan: ProcessPlan, ending: Ending, restartInMs: number | undefined): void {
    const next = restartInMs === undefined ? 'it stays down' : `it starts again in ${restartInMs / 1000} s`;
    this.#logger.warn({}, `${plan.title} ${describeEnding(ending)}; ${next}`);
    if (restartInMs !== undefined) return;
    this.#down.add(plan);
    if (ending.code === 2) {
      const message = `${plan.title} cannot work with this configuration. Its lines above say why.`;
      this.#resolveGone(new LockstepError('ERR_LOCKSTEP_CONFIGURATION', message));
    } else if (this.#down.size === this.#processes.size) {
      const message = 'All processes are down. Their lines above say why.';
      this.#resolveGone(new LockstepError('ERR_LOCKSTEP_UNREACHABLE', message));
    }
  }
}

function describeEnding({ code, signal }: Ending): string {
  if (signal !== null) return `was ended by ${signal}`;
  return code === null ? 'could not be started' : `ended with exit code ${code}`;
}
