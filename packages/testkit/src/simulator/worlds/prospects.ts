import type { IncarnationId } from '@lockstep/contracts';
import type { GroupRecord } from '../chronicle/group-record.js';
import { isQuorumOf, type ViewRecord } from '../chronicle/view-record.js';
import type { World } from './world.js';

/**
 * Whether the group can never go on by itself, because too many of a view's incarnations are gone for good: what they knew
 * went with them, and DESIGN.md promises nothing then but that nobody releases anything. Computed from the memberships.
 */
export function isLostForGood(world: World): boolean {
  const { group, members } = world.chronicle;
  if (group?.latest === undefined) return false;
  const living = new Set([...members.values()].filter((member) => member.isAlive).map(({ id }) => id));
  const known = knownTo(world, group);
  // Learners know of a group that has lost all its members; if there is none either, everybody is blank, and may found anew.
  if (known === undefined) return [...members.values()].some((member) => member.isAlive && member.group === group);
  if (isStillborn(world, known)) return false;
  // Whoever is in an older view needs a quorum of it, and then of each that followed.
  return group.views.some((view) => view.number >= known.number && !canGoOn(world, view, living));
}

/** The newest view that any living process has installed as a member. */
function knownTo(world: World, group: GroupRecord): ViewRecord | undefined {
  const views = [...world.chronicle.members.values()]
    .filter((member) => member.isAlive && member.role === 'member' && member.group === group)
    .map((member) => member.view!);
  return views.sort((one, other) => other.number - one.number)[0];
}

/** With a fence, half a view goes on once the fence has put the other half out of action, which it will. */
function canGoOn(world: World, { view }: ViewRecord, living: ReadonlySet<IncarnationId>): boolean {
  if (!world.plan.group.fence) return isQuorumOf(view, living, undefined);
  const gone = new Set(
    view.members.map(({ incarnation }) => incarnation).filter((incarnation) => !living.has(incarnation)),
  );
  return isQuorumOf(view, living, gone);
}

/** A first view in which nothing was ordered, as its sequencer, which lives, knows: it dissolves it. */
function isStillborn(world: World, known: ViewRecord): boolean {
  const sequencer = world.chronicle.members.get(known.view.members[0]!.incarnation)!;
  return known.number === 1 && sequencer.isAlive && sequencer.received === 0;
}
