import type { ProgramCommand, ProgramStatus } from '@lockstep/contracts';
import type { Result } from '../messages/result.js';
import { Program, type OutputStream, type ProgramHandler } from '../program/program.js';

/** Who is told what became of a command. Exactly one of these, once. */
export interface CollectedRunHandler {
  onResult(result: Result): void;
  onFailed(cause: unknown): void;
  /** It has put out more than is kept, and was killed. */
  onOverflow(): void;
}

/** Runs a program from its input, which is complete, to its end, and keeps what it puts out. */
export class CollectedRun implements ProgramHandler {
  readonly #program: Program;
  readonly #outputBytesMax: number;
  readonly #handler: CollectedRunHandler;
  readonly #output: Record<OutputStream, Uint8Array[]> = { stdout: [], stderr: [] };
  readonly #open = new Set<OutputStream>(['stdout', 'stderr']);
  #outputBytes = 0;
  #status: ProgramStatus | undefined;

  /** @param outputBytesMax of standard output and standard error together */
  constructor(
    command: ProgramCommand,
    input: readonly Uint8Array[],
    outputBytesMax: number,
    handler: CollectedRunHandler,
  ) {
    this.#outputBytesMax = outputBytesMax;
    this.#handler = handler;
    this.#program = new Program(command, this);
    for (const payload of input) this.#program.send(payload);
    this.#program.endInput();
  }

  /** Nothing more is told. */
  kill(): void {
    this.#program.kill();
  }

  onStarted(): void {
    // The result is all that counts.
  }

  onTaken(): void {
    // Its input is complete, and nobody waits to send more.
  }

  onInputEnded(): void {
    // It may go on for as long as it likes.
  }

  onFailed(cause: unknown): void {
    this.#handler.onFailed(cause);
  }

  onOutput(stream: OutputStream, payload: Uint8Array): void {
    this.#outputBytes += payload.length;
    this.#output[stream].push(payload);
    if (this.#outputBytes <= this.#outputBytesMax) return;
    this.#program.kill();
    this.#handler.onOverflow();
  }

  onOutputEnd(stream: OutputStream): void {
    this.#open.delete(stream);
    this.#finish();
  }

  onExit(status: ProgramStatus): void {
    this.#status = status;
    this.#finish();
  }

  #finish(): void {
    if (this.#status === undefined || this.#open.size > 0) return;
    const { stdout, stderr } = this.#output;
    this.#handler.onResult({ status: this.#status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
  }
}
