import { PassThrough, Writable } from 'node:stream';
import type { Channel, ClientFace, ProgramStatus, StandIn } from '@lockstep/contracts';
import { until } from '@lockstep/testkit';
import type { StandardStreams } from './stand-in/standard-streams.js';

/** Makes the face of one stand-in. */
type MakeFace = (streams: StandardStreams, standIn: StandIn) => ClientFace;

const hosts = new Map<string, StandInHost>();
let hostCount = 0;

/** A machine on which stand-ins are started: what they connect to is known by an address, as that of a server is. */
export class StandInHost implements ClientFace {
  readonly #makeFace: MakeFace;
  readonly #address = `host ${(hostCount += 1)}`;
  #accept: ((channel: Channel) => void) | undefined;

  constructor(makeFace: MakeFace) {
    this.#makeFace = makeFace;
  }

  /** Starts a stand-in on the host that has this address. @throws Error what its face throws */
  static async start(address: string, ...words: string[]): Promise<StandInRun> {
    const host = hosts.get(address);
    const accept = host === undefined ? undefined : host.#accept;
    if (host === undefined || accept === undefined) throw new Error(`nobody listens at ${address}`);
    const run = new StandInRun(words);
    await host.#makeFace(run, run).listen(accept);
    return run;
  }

  listen(accept: (channel: Channel) => void): Promise<string> {
    this.#accept = accept;
    hosts.set(this.#address, this);
    return Promise.resolve(this.#address);
  }

  close(): Promise<void> {
    hosts.delete(this.#address);
    return Promise.resolve();
  }
}

/** One stand-in, with its standard streams in the hands of a test. */
export class StandInRun implements StandardStreams, StandIn {
  readonly stdin = new PassThrough();
  readonly stdout = new KeptOutput();
  readonly stderr = new KeptOutput();
  readonly arguments: readonly string[];
  status: ProgramStatus | undefined;
  failure: Error | undefined;

  constructor(words: readonly string[]) {
    this.arguments = words;
  }

  onExit(status: ProgramStatus): void {
    if (this.#isOver) throw new Error('it has ended twice');
    this.status = status;
  }

  onFailure(error: Error): void {
    if (this.#isOver) throw new Error('it has ended twice');
    this.failure = error;
  }

  get #isOver(): boolean {
    return this.status !== undefined || this.failure !== undefined;
  }

  /** @throws Error if it failed */
  async ended(): Promise<ProgramStatus> {
    await until('the stand-in has ended', () => this.#isOver);
    if (this.failure !== undefined) throw this.failure;
    return this.status ?? { code: null, signal: null };
  }
}

/** An output that keeps what is written, and can be held up or broken. */
export class KeptOutput extends Writable {
  readonly #pieces: Buffer[] = [];
  #held: (() => void) | undefined;
  #isHeld = false;
  #error: Error | undefined;

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  /** Takes nothing until it is let go. */
  hold(): void {
    this.#isHeld = true;
  }

  letGo(): void {
    this.#isHeld = false;
    this.#held?.();
  }

  /** Everything that is written from here on fails. */
  breakWith(code: string): void {
    this.#error = Object.assign(new Error(`write ${code}`), { code });
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error) => void): void {
    const write = (): void => {
      this.#held = undefined;
      if (this.#error === undefined) this.#pieces.push(chunk);
      callback(this.#error);
    };
    if (this.#isHeld) this.#held = write;
    else setImmediate(write);
  }
}
