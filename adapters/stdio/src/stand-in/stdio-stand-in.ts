import { randomBytes } from 'node:crypto';
import type { ProgramStatus, Segment, StandIn } from '@lockstep/contracts';
import { encodeHello, type Role } from '../messages/hello.js';
import { decodeStatus } from '../messages/status.js';
import { bytes, isUnit, unit } from '../messages/unit.js';
import { ByteSink } from '../streams/byte-sink.js';
import { ByteSource } from '../streams/byte-source.js';
import { StandInChannel } from './stand-in-channel.js';
import { isBrokenPipe, lostError, outputError } from './stand-in-error.js';
import type { StandardStreams } from './standard-streams.js';

/** Plays one run of a program on standard streams, over two connections. */
export class StdioStandIn {
  readonly main: StandInChannel;
  readonly status: StandInChannel;
  readonly #streams: StandardStreams;
  readonly #standIn: Pick<StandIn, 'onExit' | 'onFailure'>;
  readonly #session = randomBytes(16).toString('hex');
  readonly #stdout: ByteSink;
  readonly #stderr: ByteSink;
  #stdin: ByteSource | undefined;
  /** How the program ended, once that is known. */
  #ended: ProgramStatus | undefined;
  readonly #unfinished = new Set<Role>(['main', 'status']);
  #over = false;

  constructor(streams: StandardStreams, standIn: Pick<StandIn, 'onExit' | 'onFailure'>) {
    this.#streams = streams;
    this.#standIn = standIn;
    const onReset = (): void => this.#fail(lostError());
    this.#stdout = new ByteSink(streams.stdout, false, {
      onTaken: (taken) => this.main.tellTaken(taken),
      onFinished: () => this.#finish('main'),
      onRefused: (error) => this.#refuse(error),
    });
    let errorBytes = 0;
    this.#stderr = new ByteSink(streams.stderr, false, {
      onTaken: (taken) => this.status.tellTaken((errorBytes = taken)),
      onFinished: () => {
        if (this.#ended !== undefined) this.status.tellTaken(errorBytes + 1);
        this.#finish('status');
      },
      onRefused: () => undefined,
    });
    this.main = new StandInChannel({
      onBound: () => this.#begin(),
      onSegment: ({ payload }) => this.#stdout.send(payload),
      onEnd: () => this.#stdout.finish(),
      onReset,
      onPaused: (paused) => (paused ? this.#stdin?.pause() : this.#stdin?.resume()),
    });
    this.status = new StandInChannel({
      onBound: () => {
        this.#greet(this.status, 'status');
        this.status.tellEnd();
      },
      onSegment: (segment) => this.#takeStatus(segment),
      onEnd: () => this.#stderr.finish(),
      onReset,
      onPaused: () => undefined,
    });
  }

  #begin(): void {
    this.#greet(this.main, 'main');
    this.#stdin = new ByteSource(this.#streams.stdin, {
      onBytes: (payload) => this.main.tellSegment(bytes(payload)),
      onEnd: () => this.main.tellEnd(),
    });
    if (this.main.isPaused) this.#stdin.pause();
  }

  #greet(channel: StandInChannel, role: Role): void {
    channel.tellSegment(unit(encodeHello({ session: this.#session, role })));
  }

  #takeStatus(segment: Segment): void {
    if (isUnit(segment)) this.#ended = decodeStatus(segment.payload);
    else this.#stderr.send(segment.payload);
  }

  #finish(role: Role): void {
    this.#unfinished.delete(role);
    if (this.#unfinished.size > 0 || this.#over) return;
    if (this.#ended === undefined) return this.#fail(lostError());
    this.#over = true;
    this.#stdin?.close();
    this.main.tellEnd();
    this.main.close();
    this.status.close();
    this.#standIn.onExit(this.#ended);
  }

  /** Whoever reads our output is gone: so is what the program would have done next. */
  #refuse(error: Error): void {
    if (this.#over) return;
    if (!isBrokenPipe(error)) return this.#fail(outputError(error));
    this.#giveUp(error);
    this.#standIn.onExit({ code: null, signal: 'SIGPIPE' });
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#giveUp(error);
    this.#standIn.onFailure(error);
  }

  #giveUp(error: Error): void {
    this.#over = true;
    this.#stdin?.close();
    this.#stdout.close();
    this.#stderr.close();
    this.main.break(error);
    this.status.break(error);
  }
}
