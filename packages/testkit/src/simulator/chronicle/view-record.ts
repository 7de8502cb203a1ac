import type { IncarnationId, View } from '@lockstep/contracts';

/** A view that somebody has installed, with what is known about it from outside. */
export class ViewRecord {
  readonly view: View;
  /** Members that were seen wedged in this view, or that went on to the next one: those who promised. */
  readonly wedged = new Set<IncarnationId>();
  /** Who has installed it, as a member or as a learner. */
  readonly installedBy = new Set<IncarnationId>();
  next: ViewRecord | undefined;

  constructor(view: View) {
    this.view = view;
  }

  get number(): number {
    return this.view.number;
  }

  get start(): number {
    return this.view.start;
  }

  get label(): string {
    return `v${this.view.number} of ${this.view.genesis}`;
  }

  hasMember(incarnation: IncarnationId): boolean {
    return this.view.members.some((member) => member.incarnation === incarnation);
  }

  /** The members among these. */
  membersIn(set: ReadonlySet<IncarnationId>): IncarnationId[] {
    return this.view.members.map((member) => member.incarnation).filter((incarnation) => set.has(incarnation));
  }
}

/**
 * Whether these members of a view may decide what follows it; written anew from DESIGN.md, section 5, so that the
 * protocol is not checked against itself.
 *
 * @param fenced with a fence, who has been put out of action; undefined without one
 */
export function isQuorumOf(
  { members }: View,
  present: ReadonlySet<IncarnationId>,
  fenced: ReadonlySet<IncarnationId> | undefined,
): boolean {
  const names = members.map((member) => member.incarnation);
  const count = names.filter((name) => present.has(name)).length;
  if (count > names.length - count) return true;
  if (count < names.length - count) return false;
  if (fenced === undefined) return present.has(names[0]!);
  return names.every((name) => present.has(name) || fenced.has(name));
}
