import type { Latency } from '../measure/latency.js';

/** A way to bring entries into one order on three members, as it is installed here. */
export interface Contender {
  readonly name: string;
  /** Its version, and how it is set up. */
  describe(): Promise<string>;
  /** Why it cannot be measured here; undefined if it can. */
  readonly obstacle: string | undefined;
  /**
   * Starts a group of three members, each a process of its own, that is ready to order.
   *
   * @param folder an empty folder, for logs and data
   */
  start(folder: string): Promise<ContenderGroup>;
}

/** For how long a measurement runs. What it does during the warm-up does not count. */
export interface Load {
  readonly entryBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface Throughput {
  /** Entries of all submitters together that came back to their submitter as ordered for good. */
  readonly entriesPerSecond: number;
  /** Processor time, in microseconds, of all processes that took part, submitters included, for one entry. */
  readonly processorUsPerEntry: number;
}

/** A running group. One measurement at a time. */
export interface ContenderGroup {
  /** As many entries in flight as it takes. */
  fullWindow(load: Load): Promise<Throughput>;
  /** One entry in flight, in the whole group; by where it is submitted. */
  oneInFlight(load: Load): Promise<ReadonlyMap<string, Latency>>;
  stop(): Promise<void>;
}
