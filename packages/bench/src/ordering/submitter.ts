import type { GroupEngine, GroupHandler, IncarnationId, OrderedRuns, OrderNumber, View } from '@lockstep/contracts';

/** Own entries that were ordered together. */
interface OwnEntries {
  readonly through: OrderNumber;
  readonly count: number;
}

/**
 * Keeps a number of own entries in flight: for each that has become stable here, the next one is submitted. Executes nothing.
 */
export class Submitter implements GroupHandler {
  /** Own entries that have become stable here. */
  stableEntries = 0;
  /** Called when own entries have become stable. */
  onOwnStable: () => void = () => undefined;
  readonly #engine: GroupEngine;
  readonly #self: IncarnationId;
  readonly #onComplete: () => void;
  readonly #membersWanted: number;
  #entry: Uint8Array | undefined;
  #missing = 0;
  #inFlight = 0;
  #writable = true;
  #unstable: OwnEntries[] = [];

  /** @param onComplete called when a view has all the members that are wanted */
  constructor(engine: GroupEngine, self: IncarnationId, membersWanted: number, onComplete: () => void) {
    this.#engine = engine;
    this.#self = self;
    this.#membersWanted = membersWanted;
    this.#onComplete = onComplete;
  }

  /** Keeps `windowEntries` of this entry in flight from now on. */
  fill(entry: Uint8Array, windowEntries: number): void {
    this.#entry = entry;
    this.#missing = windowEntries - this.#inFlight;
    this.#submit();
  }

  /** Submits nothing more. */
  stop(): void {
    this.#entry = undefined;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0;
  }

  onOrdered({ first, runs }: OrderedRuns): void {
    let last = first - 1;
    for (const run of runs) {
      last += run.lengths.length;
      if (run.sender === this.#self) {
        this.#unstable.push({ through: last as OrderNumber, count: run.lengths.length });
      }
    }
    this.#engine.executed(last as OrderNumber);
  }

  onStable(through: OrderNumber): void {
    let done = 0;
    let count = 0;
    for (; done < this.#unstable.length && this.#unstable[done]!.through <= through; done++) {
      count += this.#unstable[done]!.count;
    }
    if (done === 0) return;
    this.#unstable.splice(0, done);
    this.stableEntries += count;
    this.#inFlight -= count;
    this.#missing += count;
    this.onOwnStable();
    this.#submit();
  }

  onView(view: View): void {
    if (view.members.length === this.#membersWanted) this.#onComplete();
  }

  onWritable(writable: boolean): void {
    this.#writable = writable;
    this.#submit();
  }

  onQuorum(heard: boolean): void {
    if (!heard) throw new Error('The member lost its quorum: the run is void.');
  }

  onExcluded(reason: string): void {
    throw new Error(`The member was excluded (${reason}): the run is void.`);
  }

  #submit(): void {
    if (this.#entry === undefined || !this.#writable) return;
    for (; this.#missing > 0; this.#missing--) {
      this.#engine.submit(this.#entry);
      this.#inFlight++;
    }
  }
}
