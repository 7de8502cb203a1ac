import type { Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import type { ExecOptions } from '../exec/exec-options.js';
import { refusedCommand } from '../messages/refused-command.js';
import { decodeRequest, type Request } from '../messages/request.js';
import { encodeResult, type Result } from '../messages/result.js';
import { isUnit, unit } from '../messages/unit.js';
import { codeOf, startError } from '../program/start-error.js';
import { CollectedRun, type CollectedRunHandler } from './collected-run.js';
import type { ProgramRunner } from './program-runner.js';

/** What shells answer for a command that is there and cannot be run, */
const cannotRunCode = 126;
/** and what `lockstep exec` answers for one that it does not run, */
const refusedCode = 2;
/** or that it has ended. */
const failedCode = 1;

/** One command line: a request and its standard input come in, the result goes out. Busy from their end to its end. */
export class ExecChannel implements ServiceChannel, CollectedRunHandler {
  readonly #runner: ProgramRunner;
  readonly #options: ExecOptions;
  #handler: ServiceChannelHandler | undefined;
  #request: Request | undefined;
  readonly #input: Uint8Array[] = [];
  #inputBytes = 0;
  #takenUnits = 0;
  #inputEnded = false;
  #run: CollectedRun | undefined;
  /** Pieces of the result that are still to be told, once there is one. */
  #result: Uint8Array[] | undefined;
  #telling = false;
  #paused = false;
  #over = false;

  constructor(runner: ProgramRunner, options: ExecOptions) {
    this.#runner = runner;
    this.#options = options;
  }

  get busy(): boolean {
    return !this.#over && this.#inputEnded && this.#result === undefined;
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
    process.nextTick(() => {
      if (!this.#over) handler.onOpen();
    });
  }

  send(segment: Segment): void {
    if (this.#inputEnded || this.#over || segment.length === 0) return;
    const fault = this.#take(segment);
    this.#takenUnits += segment.length;
    const units = this.#takenUnits;
    process.nextTick(() => {
      if (this.#over) return;
      if (fault === undefined) this.#handler?.onTaken(units);
      else this.#break(new Error(fault), 'peer');
    });
  }

  end(): void {
    if (this.#inputEnded || this.#over) return;
    this.#inputEnded = true;
    if (this.#request === undefined) {
      process.nextTick(() => this.#break(new Error('the connection ended without a request'), 'peer'));
    } else {
      this.#execute(this.#request);
    }
  }

  reset(): void {
    if (this.#over) return;
    this.#over = true;
    this.#run?.kill();
    process.nextTick(() => this.#handler?.onClosed());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#tellSoon();
  }

  onResult(result: Result): void {
    if (this.#over || this.#result !== undefined) return;
    this.#result = encodeResult(result);
    this.#tell();
    if (!this.#over) this.#handler?.onIdle();
  }

  onFailed(cause: unknown): void {
    if (this.#over) return;
    const program = this.#request?.words[0] ?? '';
    // The arguments are the same for all replicas, so that all of them fail. Anything else is a matter of this host.
    if (codeOf(cause) === 'E2BIG') return this.#refuse(startError(program, cause).message, cannotRunCode);
    this.#break(this.#runner.failed(program, cause), 'local');
  }

  onOverflow(): void {
    this.#refuse(
      `The command has put out more than ${this.#options.outputBytesMax} bytes and was killed: let it put out less, or ` +
        'raise outputBytesMax in the options of the endpoint.',
      failedCode,
    );
  }

  /** @returns what is wrong with the segment, if it cannot be accepted */
  #take(segment: Segment): string | undefined {
    if (this.#request === undefined) {
      this.#request = isUnit(segment) ? decodeRequest(segment.payload) : undefined;
      return this.#request === undefined ? 'the connection does not begin with a request' : undefined;
    }
    this.#inputBytes += segment.payload.length;
    if (this.#inputBytes > this.#options.stdinBytesMax) return 'there is more standard input than is allowed';
    this.#input.push(segment.payload);
    return undefined;
  }

  #execute({ words }: Request): void {
    const { commands, outputBytesMax } = this.#options;
    const refusal = refusedCommand(words[0], commands);
    if (refusal !== undefined) {
      process.nextTick(() => this.#refuse(refusal, refusedCode));
      return;
    }
    const { command } = this.#runner;
    const whole = { ...command, words: [...command.words, ...words] };
    this.#run = new CollectedRun(whole, this.#input.splice(0), outputBytesMax, this);
  }

  /** Answers in the command's place. */
  #refuse(message: string, code: number): void {
    this.onResult({
      status: { code, signal: null },
      stdout: new Uint8Array(),
      stderr: Buffer.from(`error: ${message}\n`),
    });
  }

  #tellSoon(): void {
    if (this.#result === undefined || this.#telling) return;
    this.#telling = true;
    process.nextTick(() => {
      this.#telling = false;
      this.#tell();
    });
  }

  #tell(): void {
    while (!this.#paused && !this.#over) {
      const piece = this.#result?.shift();
      if (piece === undefined) return this.#tellEnd();
      this.#handler?.onSegment(unit(piece));
    }
  }

  #tellEnd(): void {
    this.#handler?.onEnd();
    if (this.#over) return;
    this.#over = true;
    process.nextTick(() => this.#handler?.onClosed());
  }

  #break(reason: Error, fault: 'peer' | 'local'): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler?.onReset(reason, fault);
    this.#handler?.onClosed();
  }
}
