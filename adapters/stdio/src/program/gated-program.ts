import type { ProgramCommand, ProgramStatus } from '@lockstep/contracts';
import { ConsumedGate } from './consumed-gate.js';
import { Program, type OutputStream, type ProgramHandler } from './program.js';

/** Who is told what a program with a gate does. */
export interface GatedProgramHandler extends ProgramHandler {
  /** The program has finished everything that it was given. */
  onIdle(): void;
}

/** A program, with the gate `consumed` or with none. */
export class GatedProgram implements ProgramHandler {
  readonly #handler: GatedProgramHandler;
  readonly #gate: ConsumedGate | undefined;
  readonly #program: Program;
  #started = false;
  #sentBytes = 0;
  #takenBytes = 0;
  /** The end of the input is sent and has not reached the program. */
  #endUnderWay = false;

  /**
   * Starts the program, which is busy until its start is over.
   *
   * @param quietMs of the gate; undefined for none
   */
  constructor(command: ProgramCommand, quietMs: number | undefined, handler: GatedProgramHandler) {
    this.#handler = handler;
    this.#gate =
      quietMs === undefined
        ? undefined
        : new ConsumedGate(quietMs, { look: () => this.#program.look(), onIdle: () => handler.onIdle() });
    this.#gate?.sent();
    this.#program = new Program(command, this);
  }

  get busy(): boolean {
    return this.#gate?.busy ?? false;
  }

  send(payload: Uint8Array): void {
    this.#sentBytes += payload.length;
    this.#given();
    this.#program.send(payload);
  }

  endInput(): void {
    this.#endUnderWay = true;
    this.#given();
    this.#program.endInput();
  }

  pause(stream: OutputStream): void {
    this.#program.pause(stream);
  }

  resume(stream: OutputStream): void {
    this.#program.resume(stream);
  }

  kill(): void {
    this.#gate?.close();
    this.#program.kill();
  }

  /** Whether it has ended or is about to, as far as the system shows it. */
  get isEnding(): boolean {
    return this.#program.look() === 'ending';
  }

  get status(): ProgramStatus | undefined {
    return this.#program.status;
  }

  onStarted(): void {
    this.#started = true;
    this.#handler.onStarted();
    this.#noteTaken();
  }

  onFailed(cause: unknown): void {
    this.#gate?.close();
    this.#handler.onFailed(cause);
  }

  onOutput(stream: OutputStream, payload: Uint8Array): void {
    this.#handler.onOutput(stream, payload);
    this.#gate?.answered();
  }

  onOutputEnd(stream: OutputStream): void {
    this.#handler.onOutputEnd(stream);
    this.#gate?.answered();
  }

  onTaken(bytes: number): void {
    this.#takenBytes = bytes;
    this.#handler.onTaken(bytes);
    this.#noteTaken();
  }

  onInputEnded(): void {
    this.#endUnderWay = false;
    this.#handler.onInputEnded();
    this.#noteTaken();
  }

  onExit(status: ProgramStatus): void {
    this.#handler.onExit(status);
    this.#gate?.ended();
  }

  /** What a program that has ended is given, it has finished. */
  #given(): void {
    if (this.#program.status === undefined) this.#gate?.sent();
  }

  #noteTaken(): void {
    if (this.#started && this.#takenBytes === this.#sentBytes && !this.#endUnderWay) this.#gate?.taken();
  }
}
