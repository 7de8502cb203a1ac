import { LockstepError, type Channel, type ClientFace, type Segment, type StandIn } from '@lockstep/contracts';
import type { ExecOptions } from '../exec/exec-options.js';
import { refusedCommand } from '../messages/refused-command.js';
import { encodeRequest } from '../messages/request.js';
import { decodeResult, type Result } from '../messages/result.js';
import { bytes, unit } from '../messages/unit.js';
import { ByteSink } from '../streams/byte-sink.js';
import { StandInChannel } from './stand-in-channel.js';
import { isBrokenPipe, lostError, outputError } from './stand-in-error.js';
import type { StandardStreams } from './standard-streams.js';

/** The longest command line: it is one message, which has to fit into one entry of the order. */
const requestBytesMax = 128 * 1024;

/** Standard input is passed on in pieces of this many bytes. */
const pieceBytes = 16 * 1024;

/** Stands in for one run of a command line. Nothing is ordered before its standard input is complete. */
export class ExecClientFace implements ClientFace {
  readonly #streams: StandardStreams;
  readonly #standIn: StandIn;
  readonly #options: ExecOptions;
  readonly #channel: StandInChannel;
  /** What is still to be told: the request, then standard input. */
  readonly #segments: Segment[] = [];
  readonly #answer: Uint8Array[] = [];
  #answerUnits = 0;
  #over = false;

  constructor(streams: StandardStreams, standIn: StandIn, options: ExecOptions) {
    this.#streams = streams;
    this.#standIn = standIn;
    this.#options = options;
    this.#channel = new StandInChannel({
      onBound: () => this.#ask(),
      onSegment: (segment) => this.#take(segment),
      onEnd: () => this.#finish(),
      onReset: () => this.#fail(lostError()),
      onPaused: () => process.nextTick(() => this.#ask()),
    });
  }

  /** @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` when the command line is not to be run */
  // eslint-disable-next-line @typescript-eslint/require-await -- what is refused is a rejection, not an exception
  async listen(accept: (channel: Channel) => void): Promise<string> {
    const [program, ...parameters] = this.#standIn.arguments;
    if (!program) throw wrong('There is no command to run. Write it behind --, for example -- tsp ls.');
    const refusal = refusedCommand(program, this.#options.commands);
    if (refusal !== undefined) throw wrong(refusal);
    const request = encodeRequest({ words: [program, ...parameters] });
    if (request.length > requestBytesMax) {
      throw wrong(`The command line is longer than ${requestBytesMax} bytes. Give the rest on standard input.`);
    }
    this.#segments.push(unit(request));
    void this.#readInput(accept);
    return 'command line';
  }

  /** There is nobody else who could come. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A terminal is not read: nobody would know that the command waits for them to end it. */
  async #readInput(accept: (channel: Channel) => void): Promise<void> {
    const { stdin } = this.#streams;
    const { stdinBytesMax } = this.#options;
    let inputBytes = 0;
    try {
      if (stdin.isTTY !== true) {
        for await (const chunk of stdin) {
          const payload = chunk as Buffer;
          inputBytes += payload.length;
          if (inputBytes > stdinBytesMax) throw tooMuchInput(stdinBytesMax);
          for (let start = 0; start < payload.length; start += pieceBytes) {
            this.#segments.push(bytes(payload.subarray(start, start + pieceBytes)));
          }
        }
      }
      accept(this.#channel);
    } catch (error) {
      this.#fail(error instanceof LockstepError ? error : inputError(error));
    }
  }

  #ask(): void {
    while (!this.#channel.isPaused && !this.#over) {
      const segment = this.#segments.shift();
      if (segment === undefined) return this.#channel.tellEnd();
      this.#channel.tellSegment(segment);
    }
  }

  #take({ length, payload }: Segment): void {
    this.#answer.push(payload);
    this.#answerUnits += length;
    const units = this.#answerUnits;
    process.nextTick(() => this.#channel.tellTaken(units));
  }

  #finish(): void {
    const result = decodeResult(this.#answer.splice(0));
    process.nextTick(() => {
      if (result === undefined) return this.#fail(lostError());
      this.#channel.tellEnd();
      this.#channel.close();
      this.#write(result);
    });
  }

  #write({ status, stdout, stderr }: Result): void {
    const write = (stream: 'stdout' | 'stderr', payload: Uint8Array, then: () => void): void => {
      const sink = new ByteSink(this.#streams[stream], false, {
        onTaken: () => undefined,
        onFinished: then,
        onRefused: (error) => this.#refuse(stream, error),
      });
      sink.send(payload);
      sink.finish();
    };
    write('stderr', stderr, () => write('stdout', stdout, () => this.#exit(status)));
  }

  #exit(status: Result['status']): void {
    if (this.#over) return;
    this.#over = true;
    this.#standIn.onExit(status);
  }

  #refuse(stream: 'stdout' | 'stderr', error: Error): void {
    if (stream === 'stderr') return;
    if (isBrokenPipe(error)) this.#exit({ code: null, signal: 'SIGPIPE' });
    else this.#fail(outputError(error));
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#channel.break(error);
    this.#standIn.onFailure(error);
  }
}

function wrong(message: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', message);
}

function tooMuchInput(stdinBytesMax: number): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_INPUT_REFUSED',
    `Standard input is longer than ${stdinBytesMax} bytes: put it into a file that all replicas have, or raise ` +
      'stdinBytesMax in the options of the endpoint. Nothing was run.',
  );
}

function inputError(cause: unknown): LockstepError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LockstepError(
    'ERR_LOCKSTEP_INPUT_REFUSED',
    `Standard input cannot be read (${reason}): give the command another one, or </dev/null. Nothing was run.`,
    { cause },
  );
}
