import type { ClientToMember, PeerMessage } from '@lockstep/core/protocol';

/** What can happen and must be seen to happen in every batch of seeds: X3 of PROOF.md. */
export const markNames = [
  'view-change-with-entries-in-flight',
  'failover-with-unacknowledged-output',
  'donor-death',
  'lost-acknowledgement',
  'acknowledged-at-attach',
  'two-failures-at-once',
  'segment-overlap',
  'wedged-and-freed-by-another-ballot',
  'value-adopted',
  'learner-promoted',
  'laggard-excluded',
  'client-expired',
  'genesis-interrupted',
  'fence-used',
  'left-gracefully',
  'service-crashed',
  'decided-by-half-with-rank-0',
  'entries-dropped-by-view-change',
  'resubmitted',
  'clients-held',
  'output-paused',
  'gave-up',
  'group-lost-for-good',
] as const;

export type MarkName = (typeof markNames)[number];

/** Counts what has happened in one world. */
export class Marks {
  readonly counts = new Map<MarkName, number>();

  hit(name: MarkName): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** A broken link has lost this message. */
  noteLost(message: unknown): void {
    const lost = message as PeerMessage | ClientToMember;
    if (lost.kind !== 'commands') return;
    if (lost.entry.commands.some((command) => command.kind === 'acknowledge')) this.hit('lost-acknowledgement');
  }
}
