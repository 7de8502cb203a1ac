import { Latency } from '../measure/latency.js';
import { measureProcessorTime } from '../measure/processor-time.js';
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
  const work = async (): Promise<void> => {
    for (let startedAt = performance.now(); startedAt < countUntil;) {
      await operation();
      const now = performance.now();
      if (now >= countFrom && now < countUntil) latency.record(now - startedAt);
      startedAt = now;
    }
  };
  const processorTime = measureProcessorTime(pids, warmUpMs, measureMs);
  await Promise.all(Array.from({ length: inFlight }, work));
  return {
    latency,
    entriesPerSecond: latency.count / (measureMs / 1000),
    processorUsPerEntry: ((await processorTime) * 1000) / latency.count,
  };
}
