import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** The kernel counts in hundredths of a second, whatever its own clock. */
const millisecondsPerTick = 10;
/** Fields of /proc/PID/stat behind the name of the program. */
const userField = 11;
const systemField = 12;

/**
 * The processor time that processes use within an interval. On a busy machine it tells more than the time on the clock.
 * This process must have nothing else to do, or its timers are late.
 *
 * @param pids processes that live until the end of the interval
 * @param afterMs when the interval begins, counted from now
 * @returns milliseconds, of all processes together
 */
export async function measureProcessorTime(
  pids: readonly number[],
  afterMs: number,
  intervalMs: number,
): Promise<number> {
  await pause(afterMs);
  const before = processorTimeOf(pids);
  await pause(intervalMs);
  return processorTimeOf(pids) - before;
}

/** Milliseconds that processes have used since they began, all together. Only a difference means something. */
export function processorTimeOf(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[userField]) + Number(fields[systemField]);
  }
  return ticks * millisecondsPerTick;
}
