import type { EntryRun } from '@lockstep/contracts';
import { countEntries, cutRun } from '../protocol/order/entry-run.js';
import { wireLimits } from './limits.js';

/** Whether the runs go into one frame; nearly always. */
function fitTogether(runs: readonly EntryRun[]): boolean {
  if (runs.length > wireLimits.runsPerFrameMax) return false;
  let byteLength = 0;
  for (const run of runs) byteLength += run.payload.length;
  return byteLength <= wireLimits.cutPayloadBytes && countEntries(runs) <= wireLimits.entriesPerFrameMax;
}

/**
 * Cuts runs, between entries, into groups that go into one frame each, so that a large batch never keeps a receiver
 * waiting for its end. Payload is shared, not copied. Without runs there is one empty group.
 */
export function cutRuns(runs: readonly EntryRun[]): (readonly EntryRun[])[] {
  if (fitTogether(runs)) return [runs];
  const groups: EntryRun[][] = [];
  let group: EntryRun[] = [];
  let byteLength = 0;
  let entries = 0;
  const closeGroup = (): void => {
    if (group.length > 0) groups.push(group);
    group = [];
    byteLength = 0;
    entries = 0;
  };
  for (const run of runs) {
    let start = 0;
    for (let index = 0; index < run.lengths.length; index++) {
      const length = run.lengths[index]!;
      const isFull = byteLength + length > wireLimits.cutPayloadBytes || entries === wireLimits.entriesPerFrameMax;
      if (isFull && entries > 0) {
        if (index > start) group.push(cutRun(run, start, index - start));
        start = index;
        closeGroup();
      }
      byteLength += length;
      entries++;
    }
    group.push(cutRun(run, start));
    if (group.length === wireLimits.runsPerFrameMax) closeGroup();
  }
  closeGroup();
  return groups;
}
