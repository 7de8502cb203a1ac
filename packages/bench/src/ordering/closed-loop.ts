import { Latency } from '../measure/latency.js';
import { processorTimeOf } from '../measure/processor-time.js';
import type { Load, Throughput } from './contender.js';

/** What a closed loop has measured: throughput, and how long each operation took. */
export interface LoopResult extends Throughput {
  readonly latency: Latency;
}

/**
 * Keeps a number of operations in flight: each that is done is followed by the next one.
 *
 * @param pids the processes whose processor time counts
 */
export async function runClosedLoop(
  operation: () => Promise<unknown>,
  inFlight: number,
  { warmUpMs, measureMs }: Load,
  pids: readonly number[],
): Promise<LoopResult> {
  const latency = new Latency();
  const countFrom = performance.now() + warmUpMs;
  const countUntil = countFrom + measureMs;
  // Read by the work itself, because timers are late while it goes on.
  let processorMsBefore: number | undefined;
  let processorMsAfter: number | undefined;
  const work = async (): Promise<void> => {
    for (let startedAt = performance.now(); startedAt < countUntil;) {
      await operation();
      const now = performance.now();
      if (now >= countUntil) processorMsAfter ??= processorTimeOf(pids);
      else if (now >= countFrom) {
        processorMsBefore ??= processorTimeOf(pids);
        latency.record(now - startedAt);
      }
      startedAt = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  const processorMs = (processorMsAfter ?? NaN) - (processorMsBefore ?? NaN);
  return {
    latency,
    entriesPerSecond: latency.count / (measureMs / 1000),
    processorUsPerEntry: (processorMs * 1000) / latency.count,
  };
}
