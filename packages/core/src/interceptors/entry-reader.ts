import type { IncarnationId, OrderedRuns, OrderNumber, SubmissionNumber } from '@lockstep/contracts';
import type { Entry } from '../protocol/connections/entry.js';
import type { OrderedEntries, OrderedEntry } from '../protocol/connections/replica-io.js';
import { Fifo } from '../protocol/fifo.js';
import { invariant } from '../protocol/invariant.js';
import { countEntries } from '../protocol/order/entry-run.js';
import type { EntryCodec } from './entry-codec.js';

/**
 * Makes entries of the bytes that the order brings. What this incarnation has submitted itself it knows, and it comes back in the
 * order of submission, once each: so it is not decoded a second time.
 */
export class EntryReader {
  readonly #self: IncarnationId;
  readonly #codec: EntryCodec;
  readonly #submitted = new Fifo<Entry>();
  #returned = 0;

  constructor(self: IncarnationId, codec: EntryCodec) {
    this.#self = self;
    this.#codec = codec;
  }

  /** The next submission of this incarnation. */
  submitted(entry: Entry): void {
    this.#submitted.push(entry);
  }

  /** What the order has brought, to be read in the order of these calls, once or never. */
  read(ordered: OrderedRuns): OrderedEntries {
    return new Unread(ordered, this.#decode);
  }

  readonly #decode = ({ first, runs }: OrderedRuns): OrderedEntry[] => {
    const entries: OrderedEntry[] = [];
    let order = first as number;
    for (const { sender, firstSubmission, lengths, payload } of runs) {
      let offset = 0;
      for (let index = 0; index < lengths.length; index++) {
        const end = offset + lengths[index]!;
        const submission = (firstSubmission + index) as SubmissionNumber;
        const entry =
          sender === this.#self ? this.#takeOwn(submission) : this.#codec.decode(payload.subarray(offset, end));
        entries.push({ order: order++ as OrderNumber, sender, submission, entry });
        offset = end;
      }
    }
    return entries;
  };

  #takeOwn(submission: SubmissionNumber): Entry {
    const entry = this.#submitted.shift();
    invariant(entry !== undefined && submission === ++this.#returned, 'own entries come in the order of submission');
    return entry;
  }
}

/** Entries that are read when they are asked for. */
class Unread implements OrderedEntries {
  readonly length: number;
  readonly #ordered: OrderedRuns;
  readonly #decode: (ordered: OrderedRuns) => OrderedEntry[];
  #entries: OrderedEntry[] | undefined;

  constructor(ordered: OrderedRuns, decode: (ordered: OrderedRuns) => OrderedEntry[]) {
    this.length = countEntries(ordered.runs);
    this.#ordered = ordered;
    this.#decode = decode;
  }

  read(): readonly OrderedEntry[] {
    return (this.#entries ??= this.#decode(this.#ordered));
  }
}
