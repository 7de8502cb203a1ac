import { Violation } from '../chronicle/violation.js';
import { isLostForGood } from './prospects.js';
import type { World } from './world.js';

/** Within this time after the last fault the world must have come to rest. */
const restWithinMs = 5000;
const lookEveryMs = 20;
/** The world is at rest when nothing was missing this many times in a row: the last acknowledgements take a while. */
const looksAtRest = 8;

/**
 * The time after the storm: everything that was begun must be finished in bounded time, and then nothing may happen any
 * more. A group that has lost a quorum of some view for good cannot go on; there an operator restarts all its members, and
 * the new group must do what the old one could not.
 */
export function passCalm(world: World): void {
  let deadlineMs = world.scheduler.now + restWithinMs;
  for (let looks = 0; looks < looksAtRest; looks++) {
    runFor(world, lookEveryMs);
    const unfinished = world.chronicle.unfinished();
    if (unfinished === undefined) continue;
    looks = 0;
    if (isLostForGood(world)) {
      restartAll(world);
      deadlineMs = world.scheduler.now + restWithinMs;
    }
    if (world.scheduler.now >= deadlineMs)
      throw new Violation(unfinished.invariant, `after ${restWithinMs} ms of calm: ${unfinished.what}`);
  }
  world.chronicle.isAtRest = true;
  world.trace.fact('world', 'is at rest');
  for (const process of world.members) world.chronicle.inspect(process);
  runFor(world, 4 * world.plan.group.timing.suspectAfterMs);
}

export function runFor(world: World, durationMs: number): void {
  const limit = world.scheduler.now + durationMs;
  while (world.scheduler.runNext(limit));
}

function restartAll(world: World): void {
  world.trace.fact('world', 'the group is lost for good: the operator restarts all members');
  world.marks.hit('group-lost-for-good');
  for (const process of world.members) world.kill(process, 'killed');
}
