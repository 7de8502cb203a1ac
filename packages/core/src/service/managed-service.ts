import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError, type Logger, type Milliseconds } from '@lockstep/contracts';
import { parseCommandLine } from './command-line.js';
import { untilReachable, untilUnreachable, type ReadyProbe } from './ready-probe.js';
import { RestartDelay } from './restart-delay.js';
import { ServiceChild, type ServiceCommand } from './service-child.js';
import { serviceEnvironment } from './service-environment.js';
import { exitGraceMs, type ServiceExit, type ServiceProcess } from './service-process.js';
import { withTimeLimit } from './time-limit.js';

export interface ManagedServiceOptions {
  /** The command line, without anything that only a shell understands. */
  readonly run: string;
  /** The folder that it runs in. */
  readonly directory: string;
  /** Added to our own environment and to what makes programs deterministic. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ready: ReadyProbe;
  /** How long the service may take to become ready. */
  readonly readyTimeoutMs: Milliseconds;
  /** How long the service may take to end after SIGTERM, before SIGKILL. */
  readonly stopTimeoutMs: Milliseconds;
}

/** The longest pause between two questions whether the service is ready. */
const readyPauseMsMax = 100;

/** How long a service that has just been killed may still hold its address, for example that of an earlier run. */
const addressReleaseMs = 1000;

/** A service that we start, watch and end. It dies with us, even if we are killed. */
export class ManagedService implements ServiceProcess {
  readonly fresh = true;
  readonly #options: ManagedServiceOptions;
  readonly #command: ServiceCommand;
  readonly #logger: Logger;
  readonly #restartDelay = new RestartDelay();
  #listener: (exit: ServiceExit) => void = () => undefined;
  /** The process from its launch on, until it has ended or is told to. */
  #child: ServiceChild | undefined;
  /** The start that is under way. */
  #attempt: { readonly abort: AbortController; readonly outcome: Promise<void> } | undefined;
  /** What is left of the life before is cleared away when this resolves. */
  #cleared: Promise<void> = Promise.resolve();

  /** @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` when the command line cannot be run without a shell */
  constructor(options: ManagedServiceOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
    this.#command = {
      program: parseCommandLine(options.run),
      directory: options.directory,
      environment: serviceEnvironment(process.env, options.environment),
    };
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  onExit(listener: (exit: ServiceExit) => void): void {
    this.#listener = listener;
  }

  start(): Promise<void> {
    if (this.#child || this.#attempt) throw new Error('the service is started already');
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
    const child = this.#child;
    this.#child = undefined;
    if (child) this.#cleared = child.stop(this.#options.stopTimeoutMs);
    await this.#cleared;
  }

  async confirmAlive(): Promise<boolean> {
    const child = this.#child;
    if (!child || child.isEnding) return false;
    await delay(exitGraceMs);
    return this.#child === child && !child.isEnding;
  }

  async #startUp(signal: AbortSignal): Promise<void> {
    await this.#cleared;
    await delay(this.#restartDelay.nextMs, undefined, { signal }).catch(() => undefined);
    const startedAt = performance.now();
    const livedMs = (): Milliseconds => performance.now() - startedAt;
    try {
      const child = await this.#launch(signal);
      this.#logger.info({ pid: child.pid, tookMs: Math.round(livedMs()) }, 'the service is ready');
      void child.exited.then((exit) => this.#noteExit(child, exit, livedMs()));
    } catch (error) {
      this.#child = undefined;
      if (!signal.aborted) this.#restartDelay.noteEnd(livedMs());
      throw error;
    }
  }

  async #launch(signal: AbortSignal): Promise<ServiceChild> {
    if (!signal.aborted) await this.#expectFreeAddress(signal);
    if (signal.aborted) throw stoppedTooEarly();
    const child = await ServiceChild.launch(this.#command, this.#logger);
    this.#child = child;
    await this.#becomeReady(child, signal);
    return child;
  }

  /** Nothing may answer where the service is going to be: clients would be served by something else. */
  async #expectFreeAddress(signal: AbortSignal): Promise<void> {
    const { ready } = this.#options;
    const isFree = await withTimeLimit(addressReleaseMs, [signal], (limit) => untilUnreachable(ready, limit, 10));
    if (isFree || signal.aborted) return;
    throw new LockstepError(
      'ERR_LOCKSTEP_ADDRESS_IN_USE',
      `Another program answers at ${ready.address}, where the service is to be: stop it, or change the address.`,
      { retryable: true },
    );
  }

  async #becomeReady(child: ServiceChild, signal: AbortSignal): Promise<void> {
    const { ready, readyTimeoutMs } = this.#options;
    const ended = new AbortController();
    void child.exited.then(() => ended.abort());
    let refusal: unknown;
    try {
      await withTimeLimit(readyTimeoutMs, [signal, ended.signal], (limit) =>
        untilReachable(ready, limit, readyPauseMsMax),
      );
      if (!child.isEnding && !signal.aborted) return;
    } catch (error) {
      refusal = error;
    }
    const endedByItself = child.isEnding;
    child.kill('SIGKILL');
    await child.settled;
    if (signal.aborted) throw stoppedTooEarly();
    throw endedByItself ? endedTooEarly(child) : this.#neverReady(child, refusal);
  }

  #noteExit(child: ServiceChild, exit: ServiceExit, livedMs: Milliseconds): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#cleared = child.settled;
    this.#restartDelay.noteEnd(livedMs);
    this.#logger.warn({ pid: child.pid, ...exit }, `the service ended by itself: ${describeExit(exit)}`);
    this.#listener(exit);
  }

  #neverReady(child: ServiceChild, cause: unknown): LockstepError {
    const { ready, readyTimeoutMs } = this.#options;
    return new LockstepError(
      'ERR_LOCKSTEP_SERVICE_START',
      `The service did not accept connections at ${ready.address} within ${readyTimeoutMs} ms: ` +
        `check the address, or allow more time. ${lastWords(child)}`,
      { retryable: true, cause },
    );
  }
}

function stoppedTooEarly(): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_SERVICE_START', 'The service was stopped before it was ready.');
}

function endedTooEarly(child: ServiceChild): LockstepError {
  const how = describeExit(child.exit ?? { code: null, signal: null });
  return new LockstepError(
    'ERR_LOCKSTEP_SERVICE_START',
    `The service ended before it was ready: ${how}. It must stay in the foreground. ${lastWords(child)}`,
    { retryable: true },
  );
}

function describeExit({ code, signal }: ServiceExit): string {
  return signal ? `killed by ${signal}` : `exit code ${code}`;
}

function lastWords({ lastLines }: ServiceChild): string {
  return lastLines.length === 0 ? 'It wrote nothing.' : `The last that it wrote:\n${lastLines.join('\n')}`;
}
