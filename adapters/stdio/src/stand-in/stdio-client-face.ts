import type { Channel, ClientFace, StandIn } from '@lockstep/contracts';
import { StdioStandIn } from './stdio-stand-in.js';
import type { StandardStreams } from './standard-streams.js';

/** Stands in for a program: its one client is whoever holds the other ends of the standard streams. */
export class StdioClientFace implements ClientFace {
  readonly #streams: StandardStreams;
  readonly #standIn: StandIn;

  constructor(streams: StandardStreams, standIn: StandIn) {
    this.#streams = streams;
    this.#standIn = standIn;
  }

  listen(accept: (channel: Channel) => void): Promise<string> {
    const { main, status } = new StdioStandIn(this.#streams, this.#standIn);
    // Later, as somebody who connects would come.
    setImmediate(() => {
      accept(main);
      accept(status);
    });
    return Promise.resolve('standard streams');
  }

  /** There is nobody else who could come. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
