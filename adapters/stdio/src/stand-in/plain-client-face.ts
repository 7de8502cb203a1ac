import type { Channel, ClientFace, StandIn } from '@lockstep/contracts';
import { bytes } from '../messages/unit.js';
import { ByteSink } from '../streams/byte-sink.js';
import { ByteSource } from '../streams/byte-source.js';
import { StandInChannel } from './stand-in-channel.js';
import { isBrokenPipe, lostError, outputError } from './stand-in-error.js';
import type { StandardStreams } from './standard-streams.js';

/** Stands in for a program beneath a dialect: standard input and output are one connection of plain bytes. */
export class PlainClientFace implements ClientFace {
  readonly #streams: StandardStreams;
  readonly #standIn: StandIn;
  readonly #channel: StandInChannel;
  readonly #stdout: ByteSink;
  #stdin: ByteSource | undefined;
  #over = false;

  constructor(streams: StandardStreams, standIn: StandIn) {
    this.#streams = streams;
    this.#standIn = standIn;
    this.#stdout = new ByteSink(streams.stdout, false, {
      onTaken: (taken) => this.#channel.tellTaken(taken),
      onFinished: () => this.#finish(),
      onRefused: (error) => this.#refuse(error),
    });
    this.#channel = new StandInChannel({
      onBound: () => this.#begin(),
      onSegment: ({ payload }) => this.#stdout.send(payload),
      onEnd: () => this.#stdout.finish(),
      onReset: () => this.#fail(lostError()),
      onPaused: (paused) => (paused ? this.#stdin?.pause() : this.#stdin?.resume()),
    });
  }

  listen(accept: (channel: Channel) => void): Promise<string> {
    setImmediate(() => accept(this.#channel));
    return Promise.resolve('standard streams');
  }

  /** There is nobody else who could come. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #begin(): void {
    this.#stdin = new ByteSource(this.#streams.stdin, {
      onBytes: (payload) => this.#channel.tellSegment(bytes(payload)),
      onEnd: () => this.#channel.tellEnd(),
    });
    if (this.#channel.isPaused) this.#stdin.pause();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stdin?.close();
    this.#channel.tellEnd();
    this.#channel.close();
    this.#standIn.onExit({ code: 0, signal: null });
  }

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
    this.#channel.break(error);
  }
}
