import type { EntryRun, IncarnationId, Milliseconds, OrderNumber } from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import { invariant } from '../invariant.js';
import { limits } from '../limits.js';
import type { FailureDetector } from '../membership/failure-detector.js';
import { majorityOf } from '../membership/quorum.js';
import type { Order, Receipt, Status, Submit } from '../messages.js';
import { appendNew, countEntries } from './entry-run.js';
import type { OrderLog } from './order-log.js';
import { Receipts } from './receipts.js';
import { Sequencer } from './sequencer.js';

/** Everything that happens within a view: submission, order, receipt, stability, and handing over to the layer above. */
export class OrderFlow {
  readonly #state: GroupState;
  readonly #receipts = new Receipts();
  readonly #sequencer: Sequencer;
  /** The last entry handed over as ordered. */
  #handedOver = 0 as OrderNumber;
  #announcedStable = 0 as OrderNumber;
  #announcedWritable = true;
  #receiptIsDue = false;
  #receiptSentAt: Milliseconds = -Infinity;
  /** Payload bytes in front of what everybody in the view has been told that this member has received. */
  #bytesTold = 0;
  #lastBeatAt: Milliseconds = 0;
  #executedInReceipt = 0;
  /** The view for which the sequencer was sent everything that waits. */
  #resubmittedInView = 0;
  #gapReported = false;

  constructor(state: GroupState, detector: FailureDetector) {
    this.#state = state;
    this.#sequencer = new Sequencer(state, this.#receipts, detector);
  }

  get sequencer(): Sequencer {
    return this.#sequencer;
  }

  /** Starts the view that `state.view` now is; the log ends at its start (a learner's may be shorter). */
  install(): void {
    const state = this.#state;
    const view = state.view!;
    this.#receipts.reset(view);
    this.#receipts.note(state.self, state.log.last);
    this.#sequencer.reset();
    this.#resubmittedInView = 0;
    this.#gapReported = false;
    if (view.start > state.stable) state.stable = view.start;
    this.#handOver();
    for (const peer of state.viewPeers()) state.send(peer, this.status(peer));
    this.#receiptIsDue = true;
    if (state.isSequencer)
      for (const run of state.submissions.after(this.#sequencer.accepted(state.self))) this.#sequencer.accept(run);
    else this.#resubmitIfSequencerIsThere();
  }

  /** Where this member stands, for `peer`. */
  status(peer: IncarnationId): Status {
    const state = this.#state;
    return {
      kind: 'status',
      genesis: state.view?.genesis ?? '',
      view: state.view?.number ?? (0 as Status['view']),
      received: this.#receivedHere(),
      submissions: this.#sequencer.accepted(peer),
    };
  }

  /** A peer of the same view says where it stands: its link came up, or it has installed the view. */
  onStatus(peer: IncarnationId, status: Status): void {
    this.#receipts.note(peer, status.received);
    this.#receiptIsDue = true;
    if (this.#state.isSequencer) this.#sequencer.rewind(peer, status.received);
    if (peer === this.#state.sequencer) this.#resubmit(status.submissions);
  }

  onSubmit(peer: IncarnationId, message: Submit): void {
    const state = this.#state;
    if (message.run.sender !== peer)
      return state.report('warn', 'drop-forged-submission', { peer, sender: message.run.sender });
    if (!state.isSequencer || state.wedged)
      return state.report('debug', 'drop-submission', { peer, wedged: state.wedged });
    this.#sequencer.accept(message.run);
  }

  onOrder(peer: IncarnationId, message: Order): void {
    const state = this.#state;
    if (peer !== state.sequencer) return state.report('warn', 'drop-forged-order', { peer });
    this.#noteStable(message.stable);
    if (state.wedged) return;
    const target = this.#isBehindGap(state.staged) ? state.staged : state.log;
    if (message.first > target.last + 1) return this.#reportGap(peer, message.first);
    this.#gapReported = false;
    appendNew(message.first, message.runs, target.last, (run) => (target === state.log ? state : target).append(run));
    this.#receipts.note(peer, (message.first + countEntries(message.runs) - 1) as OrderNumber);
    this.#receipts.note(state.self, target.last);
    this.#receiptIsDue = true;
  }

  onReceipt(peer: IncarnationId, message: Receipt): void {
    this.#receipts.note(peer, message.received, message.executed);
    this.#noteStable(message.stable);
  }

  executed(through: OrderNumber): void {
    invariant(through <= this.#handedOver, 'only what was handed over is executed');
    this.#state.executed = through;
    if (through - this.#executedInReceipt >= limits.executionEntriesMax / 8) this.#receiptIsDue = true;
  }

  /** Whether a flush may have something to do. */
  get wantsFlush(): boolean {
    const { isSequencer, submissions } = this.#state;
    return this.#receiptIsDue || submissions.hasGathered || (isSequencer && this.#sequencer.wantsFlush);
  }

  /** Sends what the turn has gathered. */
  flush(): void {
    const state = this.#state;
    if (state.phase === 'stopped' || state.view === undefined) return;
    if (state.phase === 'member') this.#submit(state.submissions.takeRuns());
    if (state.isSequencer) this.#sequencer.flush();
    this.settle();
    if (this.#receiptIsDue) this.#sendReceipts();
  }

  #submit(runs: readonly EntryRun[]): void {
    const state = this.#state;
    if (state.wedged) return;
    const view = state.view!.number;
    for (const run of runs) {
      if (state.isSequencer) this.#sequencer.accept(run);
      else if (this.#resubmittedInView === view) state.send(state.sequencer!, { kind: 'submit', view, run });
    }
  }

  /** Works out what follows from the messages of this step, and hands it over. */
  settle(): void {
    const state = this.#state;
    if (state.phase === 'member') this.#noteStable(this.#receipts.stable());
    // Clients may wait for the receipt, and nobody for what this service makes of the entries.
    if (this.#receiptIsDue && this.#mayHastenReceipt()) this.#sendReceipts();
    this.#handOver();
    if (state.description.witness) state.executed = this.#handedOver;
    const writable = state.submissions.hasRoom;
    if (writable !== this.#announcedWritable) {
      this.#announcedWritable = writable;
      state.emit({ kind: 'writable', writable });
    }
    this.#keepHistory();
  }

  /** History is for joiners: where there is one member, nobody can ever join, and whoever comes in its place begins anew. */
  #keepHistory(): void {
    const { log, settings } = this.#state;
    const { members, historyBytesMax } = settings;
    if (log.mayPack) {
      if (members.length === 1) log.forget(this.#neededFrom());
      else log.pack(this.#settled());
    }
    if (log.bytes > historyBytesMax) log.trim(historyBytesMax, this.#neededFrom());
  }

  /** The last entry that is history. What peers have still to be sent is none yet: sent from a block, it would spoil its memory. */
  #settled(): OrderNumber {
    const { stable, isSequencer } = this.#state;
    const sent = isSequencer ? this.#sequencer.sentToAll() : Infinity;
    return Math.min(stable, this.#handedOver, sent) as OrderNumber;
  }

  /** Fills silence: everybody of the view hears how far this member has come. */
  beat(): void {
    this.#gapReported = false;
    this.#lastBeatAt = this.#state.now;
    this.#sendReceipts(true);
  }

  #sendReceipts(mustTellAll = this.#mustTellAll()): void {
    const state = this.#state;
    this.#receiptIsDue = false;
    if (mustTellAll) this.#bytesTold = state.log.appendedBytes;
    this.#receiptSentAt = state.now;
    this.#executedInReceipt = state.executed;
    const { view, executed, stable } = state;
    const received = this.#receivedHere();
    const to = mustTellAll ? state.viewPeers() : [state.sequencer!];
    state.send(to, { kind: 'receipt', view: view!.number, received, executed, stable });
  }

  #mayHastenReceipt(): boolean {
    const { isSequencer, log, now } = this.#state;
    return !isSequencer && log.last > this.#handedOver && now - this.#receiptSentAt >= limits.receiptPauseMs;
  }

  /**
   * Whether it matters to more than the sequencer how far this member has received. The sequencer and whoever hears of an entry
   * from it are two who have it: in a view of up to three they are a majority, so nobody else there waits for anybody's receipt.
   * But everybody keeps what somebody may lack.
   */
  #mustTellAll(): boolean {
    const { view, isSequencer, phase, log } = this.#state;
    if (isSequencer || (phase === 'member' && majorityOf(view!) > 2)) return true;
    return log.appendedBytes - this.#bytesTold >= limits.untoldBytesMax;
  }

  /** When silence is to be filled. */
  get heartbeatAt(): Milliseconds {
    return this.#lastBeatAt + this.#state.settings.timing.heartbeatMs;
  }

  /** A learner's order gathers apart while history before it is missing. */
  #isBehindGap(staged: OrderLog | undefined): staged is OrderLog {
    return this.#state.phase === 'learner' && staged !== undefined && staged.first > this.#state.log.last + 1;
  }

  /** The end of what the order has brought; a learner's history may still have a gap before it. */
  #receivedHere(): OrderNumber {
    const { staged, log } = this.#state;
    return this.#isBehindGap(staged) ? staged.last : log.last;
  }

  #noteStable(through: OrderNumber): void {
    if (through > this.#state.stable) this.#state.stable = through;
  }

  /** A member executes when ordered; a learner only what is stable, because the group may still drop the rest. */
  #handOver(): void {
    const state = this.#state;
    const limit = (state.phase === 'member' ? state.log.last : Math.min(state.log.last, state.stable)) as OrderNumber;
    if (limit > this.#handedOver) {
      const first = (this.#handedOver + 1) as OrderNumber;
      state.emit({ kind: 'ordered', ordered: { first, runs: state.log.slice(first, limit) } });
      this.#handedOver = limit;
    }
    const stable = Math.min(state.stable, this.#handedOver) as OrderNumber;
    if (stable > this.#announcedStable) {
      this.#announcedStable = stable;
      state.emit({ kind: 'stable', through: stable });
    }
  }

  #resubmitIfSequencerIsThere(): void {
    const sequencer = this.#state.sequencer!;
    const status = this.#state.statuses.get(sequencer);
    if (status !== undefined && status.view === this.#state.view!.number) this.#resubmit(status.submissions);
  }

  /** Submits again what the sequencer has not got, in order. What it got meanwhile it cuts off. */
  #resubmit(known: number): void {
    const state = this.#state;
    if (state.phase !== 'member' || state.isSequencer) return;
    this.#resubmittedInView = state.view!.number;
    for (const run of state.submissions.after(known)) {
      state.send(state.sequencer!, { kind: 'submit', view: state.view!.number, run });
    }
  }

  #reportGap(peer: IncarnationId, first: OrderNumber): void {
    if (this.#gapReported) return;
    this.#gapReported = true;
    this.#state.report('debug', 'order-gap', { peer, first, received: this.#state.log.last });
    this.#state.send(peer, this.status(peer));
  }

  /** The last entry that nobody can ask for any more except a joiner. */
  #neededFrom(): OrderNumber {
    const state = this.#state;
    let needed = Math.min(state.stable, state.executed, this.#handedOver);
    for (const { incarnation } of state.view?.members ?? [])
      needed = Math.min(needed, this.#receipts.receivedBy(incarnation));
    return needed as OrderNumber;
  }
}
