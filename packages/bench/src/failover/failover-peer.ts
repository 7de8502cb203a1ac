import type { Latency } from '../measure/latency.js';

/** What people use today to survive the death of a leader. */
export interface FailoverPeer {
  readonly name: string;
  /** Why it cannot be measured here; undefined if it can. */
  readonly obstacle: string | undefined;
  /** Its version, and how it is set up. */
  describe(): Promise<string>;
  /**
   * Kills the leader again and again; in between all are there again.
   *
   * @returns the longest time between two requests that were answered, once for each kill
   */
  measure(folder: string, kills: number): Promise<Latency>;
}
