/** What the configured members said about themselves when they were asked, in the order of the configuration. */
export interface GroupStatus {
  readonly group: string;
  readonly members: readonly (MemberStatus | UnreachableMember)[];
}

/** A configured member that did not answer in time. */
export interface UnreachableMember {
  readonly name: string;
  readonly reachable: false;
}

/** What one member says about itself. Its numbers are its own view of things; two members may differ for a moment. */
export interface MemberStatus {
  readonly name: string;
  readonly reachable: true;
  /**
   * - `blank`: has never been in the group, and waits for the others or for the operator;
   * - `joining`: has found the group and asked to be let in;
   * - `learner`: in the view, catching up; it neither votes nor counts;
   * - `member`: in the view, with all rights and duties;
   * - `stopped`: outside the group for good; the process is about to end or to start over.
   */
  readonly state: 'member' | 'learner' | 'joining' | 'blank' | 'stopped';
  readonly witness: boolean;
  readonly incarnation: string;
  /** The number of the last view that it installed; 0 before the first. */
  readonly view: number;
  /** Its place in that view, from 0; null when it is not a member of it. */
  readonly rank: number | null;
  readonly sequencer: boolean;
  /** The highest order number that it has received without a gap. */
  readonly ordered: number;
  /** The highest order number that it knows to be stable. */
  readonly stable: number;
  /** The highest order number that it has executed. */
  readonly executed: number;
  /** The client interceptors in its connection table. */
  readonly clients: readonly ClientStatus[];
  /** The virtual connections in its connection table. */
  readonly connections: number;
  /** Output of the service that clients have not acknowledged, in bytes. */
  readonly cacheBytes: number;
  /** The order log that it keeps for joiners, in bytes. */
  readonly historyBytes: number;
  readonly pid: number;
  /** The process of the managed service; null when somebody else runs it, when it is down, or for a witness. */
  readonly servicePid: number | null;
}

/** One client interceptor, as a member sees it. */
export interface ClientStatus {
  readonly id: string;
  readonly epoch: number;
  /** Whether it is attached to the member that was asked. */
  readonly attached: boolean;
}
