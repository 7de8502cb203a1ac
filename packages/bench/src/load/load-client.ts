import { Latency } from '../measure/latency.js';
import { Worker } from '../programs/worker.js';
import type { Address, LoadAnswer, LoadOrder, Traffic } from './load-order.js';

const program = new URL('load-program.js', import.meta.url);

/** What a load has brought. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Of each batch, until all of it was answered. */
  readonly latency: Latency;
}

/** The clients of a service, which run in a process of their own. */
export class LoadClient {
  readonly #worker = new Worker<LoadOrder, LoadAnswer>(program, []);

  get pid(): number {
    return this.#worker.pid;
  }

  /** Opens more connections; resolves when a request has been answered on each. */
  async open(address: Address, connections: number, traffic: Traffic): Promise<LoadResult> {
    return this.#run({ kind: 'open', address, connections, traffic });
  }

  /** One batch in flight on each of the first `active` connections. */
  async closedLoop(load: Omit<Extract<LoadOrder, { kind: 'closed-loop' }>, 'kind'>): Promise<LoadResult> {
    return this.#run({ kind: 'closed-loop', ...load });
  }

  /** A steady pace over the first `active` connections. */
  async paced(load: Omit<Extract<LoadOrder, { kind: 'paced' }>, 'kind'>): Promise<LoadResult> {
    return this.#run({ kind: 'paced', ...load });
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
  }

  async #run(order: LoadOrder): Promise<LoadResult> {
    const { requests, seconds, latency } = await this.#worker.ask(order);
    return { requestsPerSecond: requests / seconds, latency: Latency.decode(latency) };
  }
}
