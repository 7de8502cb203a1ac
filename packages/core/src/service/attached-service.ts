import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError, type Logger, type Milliseconds } from '@lockstep/contracts';
import { isLocalFault } from './local-fault.js';
import { untilReachable, untilUnreachable, type ReadyProbe } from './ready-probe.js';
import { exitGraceMs, type ServiceExit, type ServiceProcess } from './service-process.js';

/** The longest pause between two questions whether the service is back. */
const backPauseMsMax = 100;

/** The pause between two questions whether the service is gone; a restart that is quicker is not noticed. */
const gonePauseMs = 10;

/** How often somebody who reads the log is reminded that we wait. */
const reminderMs: Milliseconds = 30_000;

/**
 * A service that somebody else runs. We can neither start nor end it; we know about it only whether it can be
 * connected to. So one life of it is told from the next by the time between, in which it cannot.
 */
export class AttachedService implements ServiceProcess {
  readonly pid = null;
  readonly #probe: ReadyProbe;
  readonly #logger: Logger;
  #listener: (exit: ServiceExit) => void = () => undefined;
  #isUp = false;
  /** Counts the starts, so that an answer is about the life that was asked about. */
  #life = 0;
  /** The start that is under way. */
  #attempt: { readonly abort: AbortController; readonly outcome: Promise<void> } | undefined;
  /** Whether this process has used the life of the service that was there last. */
  #used = false;
  /** Whether the service was seen to be gone since then. */
  #seenGone = false;
  #fresh = false;
  #confirmation: Promise<boolean> | undefined;

  constructor(probe: ReadyProbe, logger: Logger) {
    this.#probe = probe;
    this.#logger = logger;
  }

  get fresh(): boolean {
    return this.#fresh;
  }

  onExit(listener: (exit: ServiceExit) => void): void {
    this.#listener = listener;
  }

  /** Waits for as long as it takes: somebody else has to act. The log says so. */
  start(): Promise<void> {
    if (this.#isUp || this.#attempt) throw new Error('the service is started already');
    const abort = new AbortController();
    const outcome = this.#startUp(abort.signal).finally(() => {
      this.#attempt = undefined;
    });
    this.#attempt = { abort, outcome };
    return outcome;
  }

  async stop(): Promise<void> {
    this.#attempt?.abort.abort();
    await this.#attempt?.outcome.catch(() => undefined);
    this.#isUp = false;
  }

  confirmAlive(): Promise<boolean> {
    // All closes that are seen together are answered together: each question is a connection that the service sees.
    this.#confirmation ??= this.#confirm();
    return this.#confirmation;
  }

  async #confirm(): Promise<boolean> {
    const life = this.#life;
    await delay(exitGraceMs);
    this.#confirmation = undefined;
    while (this.#isUp && this.#life === life) {
      try {
        await this.#probe.probe();
        return this.#life === life;
      } catch (error) {
        if (!isLocalFault(error)) return this.#noteLoss(error);
        this.#logger.warn(
          { address: this.#probe.address, err: error },
          'the service cannot be asked: this host is short',
        );
        await delay(backPauseMsMax);
      }
    }
    return false;
  }

  #noteLoss(error: unknown): false {
    if (!this.#isUp) return false;
    this.#isUp = false;
    this.#seenGone = true;
    this.#logger.warn({ address: this.#probe.address, err: error }, 'the service cannot be connected to any more');
    this.#listener({ code: null, signal: null });
    return false;
  }

  async #startUp(signal: AbortSignal): Promise<void> {
    if (this.#used && !this.#seenGone) await this.#waitUntilGone(signal);
    if (!signal.aborted) await this.#waitUntilBack(signal);
    if (signal.aborted) {
      throw new LockstepError('ERR_LOCKSTEP_SERVICE_START', 'The service was let go before it could be connected to.');
    }
    this.#isUp = true;
    this.#life += 1;
    this.#used = true;
    this.#fresh = this.#seenGone;
    this.#seenGone = false;
  }

  async #waitUntilGone(signal: AbortSignal): Promise<void> {
    const { address } = this.#probe;
    const code = 'ERR_LOCKSTEP_SERVICE_START';
    const remind = (): void =>
      this.#logger.error(
        { address, code },
        `The service at ${address} still has the state of its earlier use, but a fresh one is needed: restart it.`,
      );
    this.#seenGone = await reminding(remind, untilUnreachable(this.#probe, signal, gonePauseMs));
  }

  async #waitUntilBack(signal: AbortSignal): Promise<void> {
    const { address } = this.#probe;
    try {
      if (!this.#seenGone) return await this.#probe.probe();
    } catch (error) {
      this.#seenGone = !isLocalFault(error);
    }
    const remind = (): void => this.#logger.warn({ address }, `Waiting for the service at ${address}: start it.`);
    await reminding(
      remind,
      untilReachable(this.#probe, signal, backPauseMsMax).catch(() => undefined),
    );
  }
}

/** Says why we wait, at once and from time to time, until the wait is over. */
async function reminding<Result>(remind: () => void, wait: Promise<Result>): Promise<Result> {
  remind();
  const timer = setInterval(remind, reminderMs);
  try {
    return await wait;
  } finally {
    clearInterval(timer);
  }
}
