import type { Chronicle } from '../chronicle/chronicle.js';
import { k1 } from './cache/k1-same-table.js';
import { k2 } from './cache/k2-cache-is-what-is-unacknowledged.js';
import { k3 } from './cache/k3-trimmed-by-what-was-taken.js';
import { k4 } from './cache/k4-anybody-can-resume.js';
import { k5 } from './cache/k5-bounded.js';
import { c1 } from './client/c1-received-is-a-prefix.js';
import { c2 } from './client/c2-executed-once.js';
import { c3 } from './client/c3-closed-for-a-reason.js';
import { c4 } from './client/c4-one-attachment.js';
import { c5 } from './client/c5-ends-in-one-place.js';
import { c6 } from './client/c6-linearizable.js';
import type { Invariant } from './invariant.js';
import { j1 } from './join/j1-joiner-has-the-same-state.js';
import { j2 } from './join/j2-transfer-starts-where-it-stopped.js';
import { j3 } from './join/j3-learners-count-for-nothing.js';
import { l1 } from './liveness/l1-one-view.js';
import { l2 } from './liveness/l2-requests-complete.js';
import { l3 } from './liveness/l3-everybody-joins.js';
import { l4 } from './liveness/l4-no-view-change-at-rest.js';
import { l5 } from './liveness/l5-back-to-the-baseline.js';
import { l6 } from './liveness/l6-nothing-retries-in-silence.js';
import { m1 } from './membership/m1-installs-only-own-views.js';
import { m2 } from './membership/m2-view-numbers-grow.js';
import { m3 } from './membership/m3-one-number-one-membership.js';
import { m4 } from './membership/m4-voters-are-a-quorum.js';
import { m5 } from './membership/m5-views-are-a-chain.js';
import { m6 } from './membership/m6-one-side-releases.js';
import { m7 } from './membership/m7-outsiders-release-nothing.js';
import { m8 } from './membership/m8-no-change-without-reason.js';
import { g1 } from './order/g1-ordered-as-submitted.js';
import { g2 } from './order/g2-never-twice.js';
import { g3 } from './order/g3-same-entry-in-same-place.js';
import { g4 } from './order/g4-consecutive.js';
import { g5 } from './order/g5-first-in-first-out.js';
import { g6 } from './order/g6-kept-by-who-stays.js';
import { g7 } from './order/g7-same-entries-between-views.js';
import { g8 } from './order/g8-acknowledgements-are-ordered.js';
import { s1 } from './service/s1-service-input-is-the-order.js';
import { s2 } from './service/s2-turns-are-kept.js';
import { s3 } from './service/s3-equal-states.js';
import { s4 } from './service/s4-released-when-stable.js';
import { s5 } from './service/s5-only-ordered-input.js';
import { x3 } from './x3-marks.js';

/**
 * Every invariant of PROOF.md that there is to check without a disk, for one world. J4 and J5 are about logs on disk; the
 * X rows are about the simulator itself.
 */
export function allInvariants(chronicle: Chronicle): readonly Invariant[] {
  return [
    ...[m1(), m2(), m3(), m4(chronicle), m5(chronicle), m6(), m7(), m8(chronicle)],
    ...[g1(chronicle), g2(chronicle), g3(), g4(), g5(), g6(), g7(), g8(chronicle)],
    ...[s1(chronicle), s2(), s3(chronicle), s4(), s5()],
    ...[c1(chronicle), c2(chronicle), c3(chronicle), c4(), c5(), c6(chronicle)],
    ...[k1(chronicle), k2(), k3(chronicle), k4(chronicle), k5(chronicle)],
    ...[j1(), j2(), j3()],
    x3(chronicle),
    ...[l1(chronicle), l2(chronicle), l3(chronicle), l4(chronicle), l5(chronicle), l6(chronicle)],
  ];
}
