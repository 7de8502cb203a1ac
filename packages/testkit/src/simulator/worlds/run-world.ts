import type { TraceLevel } from '../base/trace.js';
import { Violation } from '../chronicle/violation.js';
import { beginStorm, endStorm } from '../faults/storm.js';
import { passCalm, runFor } from './calm.js';
import type { MarkName } from './marks.js';
import { setLimits } from './small-limits.js';
import { World } from './world.js';
import type { WorldPlan } from './world-plan.js';

/** What became of one world. */
export interface WorldResult {
  readonly seed: number;
  readonly hash: string;
  readonly counts: WorldCounts;
  readonly marks: ReadonlyMap<MarkName, number>;
  readonly failure: WorldFailure | undefined;
}

export interface WorldCounts {
  /** Lines of the trace. */
  readonly lines: number;
  readonly views: number;
  /** Of members. */
  readonly incarnations: number;
  /** That were answered. */
  readonly requests: number;
}

export interface WorldFailure {
  /** As in PROOF.md, or `crash` for an exception of the code under test. */
  readonly invariant: string;
  readonly message: string;
  readonly atMs: number;
  readonly lastLines: readonly string[];
}

/** Runs a world through its storm and the calm after it, and checks it all the way. */
export function runWorld(plan: WorldPlan, listener?: (line: string, level: TraceLevel) => void): WorldResult {
  setLimits(plan.limits);
  const world = new World(plan, listener);
  let failure: WorldFailure | undefined;
  try {
    world.start();
    beginStorm(world);
    runFor(world, plan.stormMs);
    endStorm(world);
    passCalm(world);
  } catch (error) {
    failure = describeFailure(world, error);
  }
  const { chronicle, trace } = world;
  const views = [...chronicle.groups.values()].reduce((sum, group) => sum + group.views.length, 0);
  return {
    seed: plan.seed,
    hash: trace.hash,
    counts: { lines: trace.count, views, incarnations: chronicle.members.size, requests: chronicle.answers },
    marks: world.marks.counts,
    failure,
  };
}

function describeFailure(world: World, error: unknown): WorldFailure {
  const { last: lastLines } = world.trace;
  const atMs = world.scheduler.now;
  if (error instanceof Violation) return { invariant: error.invariant, message: error.message, atMs, lastLines };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { invariant: 'crash', message, atMs, lastLines };
}
