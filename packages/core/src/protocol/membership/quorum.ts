import type { IncarnationId, View } from '@lockstep/contracts';

/**
 * Whether `present` may decide what follows `view`: more than half of its members, or exactly half with rank 0 (dynamic
 * linear voting). Any two such sets meet.
 */
export function isQuorum(view: View, present: (incarnation: IncarnationId) => boolean): boolean {
  const count = countPresent(view, present);
  if (2 * count !== view.members.length) return 2 * count > view.members.length;
  return present(view.members[0]!.incarnation);
}

/** Whether `present` are exactly half of the view. With a fence, they go on only once the other half is fenced. */
export function isHalf(view: View, present: (incarnation: IncarnationId) => boolean): boolean {
  return 2 * countPresent(view, present) === view.members.length;
}

/** How many receipts make an entry stable: more than half, which meets every quorum. */
export function majorityOf(view: View): number {
  return Math.floor(view.members.length / 2) + 1;
}

/** The rank of a member in the view, or -1. */
export function rankOf(view: View, incarnation: IncarnationId): number {
  return view.members.findIndex((member) => member.incarnation === incarnation);
}

/** Whether the view lists the incarnation as a member or a learner. */
export function lists(view: View, incarnation: IncarnationId): boolean {
  return rankOf(view, incarnation) >= 0 || view.learners.some((learner) => learner.incarnation === incarnation);
}

function countPresent(view: View, present: (incarnation: IncarnationId) => boolean): number {
  let count = 0;
  for (const member of view.members) if (present(member.incarnation)) count++;
  return count;
}
