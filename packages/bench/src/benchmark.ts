import type { Table } from './report/table.js';

/** How long a benchmark runs: seconds, to see that it works; or long enough for figures to be quoted. */
export type Scale = 'short' | 'full';

/** What a benchmark is given. */
export interface BenchmarkContext {
  readonly scale: Scale;
  /** How often to do what is counted rather than timed; undefined leaves it to the benchmark. Only `failover` counts. */
  readonly times: number | undefined;
  /** An empty folder of its own, removed afterwards; kept if the benchmark fails, for the logs are there. */
  readonly folder: string;
  /** Says what is being done, for people who wait. */
  readonly progress: (sentence: string) => void;
}

export interface Benchmark {
  readonly name: string;
  /** What it measures, in one sentence. */
  readonly description: string;
  /** @throws Error if something that is there cannot be measured; what is not installed is named in the tables */
  run(context: BenchmarkContext): Promise<readonly Table[]>;
}
