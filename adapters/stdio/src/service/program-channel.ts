import type { Logger, ProgramStatus, Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { bytes } from '../messages/unit.js';
import { GatedProgram, type GatedProgramHandler } from '../program/gated-program.js';
import type { OutputStream } from '../program/program.js';
import { LineLog } from './line-log.js';
import type { ProgramRunner } from './program-runner.js';

/**
 * A connection that is one run of a program: plain bytes to its standard input and from its standard output. What is on
 * standard error goes to the log. A program that dies by a signal breaks the connection, any other end of it ends it.
 */
export class ProgramChannel implements ServiceChannel, GatedProgramHandler {
  readonly #runner: ProgramRunner;
  readonly #quietMs: number | undefined;
  readonly #logger: Logger;
  readonly #errors: LineLog;
  #handler: ServiceChannelHandler | undefined;
  #program: GatedProgram | undefined;
  #name = '';
  #inputEnded = false;
  #inputDelivered = false;
  #outputEnded = false;
  /** Standard output is at its end, which is told once it is known that the program does not die. */
  #endIsDue = false;
  #paused = false;
  #over = false;

  /** @param quietMs of the gate `consumed`; undefined for none */
  constructor(runner: ProgramRunner, quietMs: number | undefined, logger: Logger) {
    this.#runner = runner;
    this.#quietMs = quietMs;
    this.#logger = logger;
    this.#errors = new LineLog((line) => logger.info({ program: this.#name, stream: 'stderr' }, line));
  }

  get busy(): boolean {
    return !this.#over && (this.#program?.busy ?? false);
  }

  bind(handler: ServiceChannelHandler): void {
    const { command } = this.#runner;
    this.#handler = handler;
    this.#name = command.words[0] ?? '';
    this.#program = new GatedProgram(command, this.#quietMs, this);
  }

  send({ length, payload }: Segment): void {
    if (length > 0 && !this.#inputEnded && !this.#over) this.#program?.send(payload);
  }

  end(): void {
    if (this.#inputEnded || this.#over) return;
    this.#inputEnded = true;
    this.#program?.endInput();
  }

  reset(): void {
    if (this.#over) return;
    this.#over = true;
    this.#program?.kill();
    process.nextTick(() => this.#handler?.onClosed());
  }

  pause(): void {
    this.#paused = true;
    this.#program?.pause('stdout');
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#program?.resume('stdout');
    if (this.#endIsDue) process.nextTick(() => this.#tellEnd());
  }

  onStarted(): void {
    this.#handler?.onOpen();
  }

  onFailed(cause: unknown): void {
    if (!this.#over) this.#break(this.#runner.failed(this.#name, cause), 'local');
  }

  onOutput(stream: OutputStream, payload: Uint8Array): void {
    if (this.#over) return;
    if (stream === 'stdout') this.#handler?.onSegment(bytes(payload));
    else this.#errors.push(payload);
  }

  onOutputEnd(stream: OutputStream): void {
    if (stream === 'stderr') return this.#errors.end();
    this.#endIsDue = true;
    // A program that is about to end will be known to have ended soon, and how.
    if (this.#program?.status !== undefined || this.#program?.isEnding !== true) this.#tellEnd();
  }

  onTaken(taken: number): void {
    if (!this.#over) this.#handler?.onTaken(taken);
  }

  onInputEnded(): void {
    this.#inputDelivered = true;
    this.#closeIfDone();
  }

  onExit({ code, signal }: ProgramStatus): void {
    if (code !== 0) this.#logger.warn({ program: this.#name, code, signal }, 'A program has failed');
    this.#tellEnd();
    this.#closeIfDone();
  }

  onIdle(): void {
    if (!this.#over) this.#handler?.onIdle();
  }

  #tellEnd(): void {
    if (!this.#endIsDue || this.#paused || this.#over) return;
    this.#endIsDue = false;
    const { status } = this.#program ?? {};
    if (status?.signal) return this.#break(new Error(`${this.#name} was killed by ${status.signal}`), 'peer');
    this.#outputEnded = true;
    this.#handler?.onEnd();
    this.#closeIfDone();
  }

  #break(reason: Error, fault: 'peer' | 'local'): void {
    this.#over = true;
    this.#handler?.onReset(reason, fault);
    this.#handler?.onClosed();
  }

  /** A program that has closed both streams and goes on has ended its connection, too. It is left alone. */
  #closeIfDone(): void {
    if (this.#over || !this.#outputEnded || !this.#inputDelivered) return;
    this.#over = true;
    process.nextTick(() => this.#handler?.onClosed());
  }
}
