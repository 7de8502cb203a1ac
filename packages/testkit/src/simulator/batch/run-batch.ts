import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { MarkName } from '../worlds/marks.js';
import type { WorldCounts } from '../worlds/run-world.js';
import type { SeedResult } from './seed-result.js';

export interface BatchOptions {
  /** The first seed. */
  readonly from: number;
  /** How many seeds, one after the other. */
  readonly count: number;
  /** Starts no other seed once one has failed. */
  readonly stopAtFailure: boolean;
  /** The compiled worker; another copy of it for mutants. Default: the one of this package. */
  readonly worker?: string;
}

/** What became of a batch, added up. */
export interface BatchResult {
  readonly seeds: number;
  readonly counts: WorldCounts;
  readonly marks: ReadonlyMap<MarkName, number>;
  /** By seed. */
  readonly failures: readonly SeedResult[];
}

const ownWorker = fileURLToPath(new URL('batch-worker.js', import.meta.url));

/**
 * Runs a range of seeds on all processors.
 *
 * @throws Error if a worker ends by itself
 */
export async function runBatch(options: BatchOptions): Promise<BatchResult> {
  const results: SeedResult[] = [];
  const seeds = Array.from({ length: options.count }, (_, index) => options.from + index);
  const next = (): number | undefined => {
    const isOver = options.stopAtFailure && results.some(({ failure }) => failure !== undefined);
    return isOver ? undefined : seeds.shift();
  };
  const workers = Array.from({ length: Math.min(availableParallelism(), options.count) }, () =>
    fork(options.worker ?? ownWorker, { execArgv: ['--enable-source-maps'] }),
  );
  try {
    await Promise.all(workers.map((worker) => work(worker, next, results)));
  } finally {
    for (const worker of workers) worker.kill();
  }
  return addUp(results.sort((one, other) => one.seed - other.seed));
}

/** Keeps one worker at work until there is nothing left to do. */
function work(worker: ChildProcess, next: () => number | undefined, results: SeedResult[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const proceed = (): void => {
      const seed = next();
      if (seed === undefined) resolve();
      else worker.send(seed);
    };
    worker.on('message', (result: SeedResult) => {
      results.push(result);
      proceed();
    });
    worker.once('exit', (code) => reject(new Error(`a worker of the simulator ended with exit code ${code}`)));
    proceed();
  });
}

function addUp(results: readonly SeedResult[]): BatchResult {
  const counts = { lines: 0, views: 0, incarnations: 0, requests: 0 };
  const marks = new Map<MarkName, number>();
  for (const result of results) {
    for (const name of Object.keys(counts) as (keyof WorldCounts)[]) counts[name] += result.counts[name];
    for (const [name, count] of result.marks) marks.set(name, (marks.get(name) ?? 0) + count);
  }
  return { seeds: results.length, counts, marks, failures: results.filter(({ failure }) => failure !== undefined) };
}
