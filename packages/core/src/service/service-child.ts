import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError, type Logger, type Milliseconds } from '@lockstep/contracts';
import { LineSplitter } from './line-splitter.js';
import { isExiting } from './process-state.js';
import { ServiceGuard } from './service-guard.js';
import type { ServiceExit } from './service-process.js';

export interface ServiceCommand {
  readonly program: readonly [program: string, ...parameters: string[]];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Waits for a word on descriptor 3 and then becomes the service, as the same process. Until its guard knows it, the
 * service must not run; and if we are killed before, it gets no word, and ends.
 */
const waitingScript = 'read -r go <&3 || exit 125; exec 3<&-; exec "$@"';

/** Lines of output that are kept for the message about a failed start. */
const lastLinesMax = 5;

/** How long to wait for the last words of a process that has ended. Longer only if it left somebody with its output. */
const lastWordsMs = 100;

/** One life of a managed service: its process, in a session and process group of its own, and the guard of it. */
export class ServiceChild {
  readonly pid: number;
  /** Resolves at once when the process has ended. */
  readonly exited: Promise<ServiceExit>;
  readonly #process: ChildProcess;
  readonly #guard: ServiceGuard;
  readonly #lastLines: string[] = [];
  readonly #settled: Promise<void>;
  #exit: ServiceExit | undefined;

  private constructor(process: ChildProcess & { readonly pid: number }, guard: ServiceGuard, logger: Logger) {
    this.pid = process.pid;
    this.#process = process;
    this.#guard = guard;
    this.#logOutput('stdout', process.stdout, logger);
    this.#logOutput('stderr', process.stderr, logger);
    const closed = new Promise((resolve) => process.once('close', resolve));
    this.exited = new Promise((resolve) => {
      process.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        // Whatever it leaves behind holds on to its address and its files.
        this.kill('SIGKILL');
        resolve(this.#exit);
      });
    });
    this.#settled = this.#settle(closed);
  }

  /**
   * Starts the service.
   *
   * @throws LockstepError `ERR_LOCKSTEP_SERVICE_START`
   */
  static async launch(command: ServiceCommand, logger: Logger): Promise<ServiceChild> {
    const lost = new AbortController();
    const guard = new ServiceGuard(() => lost.abort());
    let child: ServiceChild | undefined;
    try {
      const shell = spawn('/bin/sh', ['-c', waitingScript, 'service', ...command.program], {
        cwd: command.directory,
        env: command.environment,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      });
      await once(shell, 'spawn');
      child = new ServiceChild(shell as ChildProcess & { pid: number }, guard, logger);
      await child.#begin(lost.signal, logger);
      return child;
    } catch (cause) {
      child?.kill('SIGKILL');
      await guard.release();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new LockstepError(
        'ERR_LOCKSTEP_SERVICE_START',
        `The service cannot be started: ${reason}. Its folder ${command.directory} and /bin/sh must exist.`,
        { cause, retryable: true },
      );
    }
  }

  /** Undefined while the process runs. */
  get exit(): ServiceExit | undefined {
    return this.#exit;
  }

  /** Whether the process has ended or is on its way. */
  get isEnding(): boolean {
    return this.#exit !== undefined || isExiting(this.pid);
  }

  /** The last lines that the service wrote, complete once it has settled. */
  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  /** Resolves when the process has ended, all that it wrote is logged, and nothing is left of it. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Sends a signal to the process and all its descendants that have stayed in its group. */
  kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // There is nobody left in the group.
    }
  }

  /** Asks the service to end, and ends it if it does not. Resolves when nothing is left of it. */
  async stop(timeoutMs: Milliseconds): Promise<void> {
    if (this.#exit === undefined) this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), timeoutMs);
    await this.exited;
    clearTimeout(timer);
    await this.#settled;
  }

  /** Lets the process become the service, now that it cannot outlive us. */
  async #begin(guardLost: AbortSignal, logger: Logger): Promise<void> {
    await this.#guard.watch(this.pid);
    const endUnguarded = (): void => {
      if (this.#exit) return;
      logger.warn(
        { pid: this.pid, guard: this.#guard.pid },
        'the guard of the service is gone: ending the service too',
      );
      this.kill('SIGKILL');
    };
    if (guardLost.aborted) endUnguarded();
    guardLost.addEventListener('abort', endUnguarded);
    const word = this.#process.stdio[3] as Duplex;
    // It may have been killed before it could read.
    word.on('error', () => undefined);
    word.end('go\n');
  }

  async #settle(closed: Promise<unknown>): Promise<void> {
    await this.exited;
    await Promise.race([closed, delay(lastWordsMs, undefined, { ref: false })]);
    for (const stream of this.#process.stdio) stream?.destroy();
    await this.#guard.release();
  }

  #logOutput(name: 'stdout' | 'stderr', stream: Readable | null, logger: Logger): void {
    const lines = new LineSplitter((line) => {
      this.#lastLines.push(line);
      if (this.#lastLines.length > lastLinesMax) this.#lastLines.shift();
      logger.info({ pid: this.pid, stream: name }, line);
    });
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => lines.push(text));
    stream?.on('end', () => lines.end());
  }
}
