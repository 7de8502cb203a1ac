import type { EntryRun, OrderNumber, ViewNumber } from '@lockstep/contracts';
import type { Entries, Order, Receipt, Submit } from '../protocol/messages.js';
import { type BlockReader, Malformed } from './block-reader.js';
import { ordinal } from './checked-fields.js';
import { decodeNextRun, decodeRun, encodeRun, firstOf } from './entry-run-codec.js';
import { fieldWriter as writer } from './field-writer.js';
import { tags } from './tags.js';
import { peerCodes } from './wire-codes.js';

// The messages between members that carry entries, and the receipt for them.

/** @param runs what of the order goes into this frame, from the order number `first` on */
export function encodeOrderFrame({ view, stable }: Order, first: number, runs: readonly EntryRun[]): Uint8Array[] {
  writer.start();
  writer.integer(tags.order.view, view);
  writer.integer(tags.order.first, first);
  for (const run of runs) encodeRun(tags.order.runs, run);
  writer.integer(tags.order.stable, stable);
  return writer.finishFrame(peerCodes.order, runs.map(payloadOf));
}

export function decodeOrder(reader: BlockReader): Order {
  const { headerEnd } = reader;
  let view = 0;
  let first = 0;
  let stable = 0;
  const runs: EntryRun[] = [];
  while (reader.pos < headerEnd) {
    const tag = reader.tagBefore(headerEnd);
    switch (tag) {
      case tags.order.view:
        view = reader.integerBefore(headerEnd);
        break;
      case tags.order.first:
        first = reader.integerBefore(headerEnd);
        break;
      case tags.order.runs:
        decodeNextRun(reader, headerEnd, runs);
        break;
      case tags.order.stable:
        stable = reader.integerBefore(headerEnd);
        break;
      default:
        reader.skipFieldBefore(headerEnd, tag);
    }
  }
  return {
    kind: 'order',
    view: ordinal<ViewNumber>(view),
    first: firstOf(first),
    runs,
    stable: stable as OrderNumber,
  };
}

/** @param runs what of the answer goes into this frame, from the order number `first` on */
export function encodeEntriesFrame({ through }: Entries, first: number, runs: readonly EntryRun[]): Uint8Array[] {
  writer.start();
  writer.integer(tags.entries.first, first);
  for (const run of runs) encodeRun(tags.entries.runs, run);
  writer.integer(tags.entries.through, through);
  return writer.finishFrame(peerCodes.entries, runs.map(payloadOf));
}

export function decodeEntries(reader: BlockReader): Entries {
  const { headerEnd } = reader;
  let first = 0;
  let through = 0;
  const runs: EntryRun[] = [];
  while (reader.pos < headerEnd) {
    const tag = reader.tagBefore(headerEnd);
    switch (tag) {
      case tags.entries.first:
        first = reader.integerBefore(headerEnd);
        break;
      case tags.entries.runs:
        decodeNextRun(reader, headerEnd, runs);
        break;
      case tags.entries.through:
        through = reader.integerBefore(headerEnd);
        break;
      default:
        reader.skipFieldBefore(headerEnd, tag);
    }
  }
  return { kind: 'entries', first: firstOf(first), runs, through: ordinal<OrderNumber>(through) };
}

/** @param run what of the submitted run goes into this frame */
export function encodeSubmitFrame({ view }: Submit, run: EntryRun): Uint8Array[] {
  writer.start();
  writer.integer(tags.submit.view, view);
  encodeRun(tags.submit.run, run);
  return writer.finishFrame(peerCodes.submit, [run.payload]);
}

export function decodeSubmit(reader: BlockReader): Submit {
  const { headerEnd } = reader;
  let view = 0;
  let run: EntryRun | undefined;
  while (reader.pos < headerEnd) {
    const tag = reader.tagBefore(headerEnd);
    switch (tag) {
      case tags.submit.view:
        view = reader.integerBefore(headerEnd);
        break;
      case tags.submit.run:
        if (run !== undefined) throw new Malformed('two runs in one submission');
        run = decodeRun(reader, headerEnd);
        break;
      default:
        reader.skipFieldBefore(headerEnd, tag);
    }
  }
  if (run === undefined) throw new Malformed('a part is missing');
  return { kind: 'submit', view: ordinal<ViewNumber>(view), run };
}

export function encodeReceipt({ view, received, executed, stable }: Receipt): Uint8Array[] {
  writer.start();
  writer.integer(tags.receipt.view, view);
  writer.integer(tags.receipt.received, received);
  writer.integer(tags.receipt.executed, executed);
  writer.integer(tags.receipt.stable, stable);
  return writer.finishFrame(peerCodes.receipt, []);
}

export function decodeReceipt(reader: BlockReader): Receipt {
  const { headerEnd } = reader;
  let view = 0 as ViewNumber;
  let received = 0 as OrderNumber;
  let executed = 0 as OrderNumber;
  let stable = 0 as OrderNumber;
  while (reader.pos < headerEnd) {
    const tag = reader.tagBefore(headerEnd);
    switch (tag) {
      case tags.receipt.view:
        view = reader.integerBefore(headerEnd) as ViewNumber;
        break;
      case tags.receipt.received:
        received = reader.integerBefore(headerEnd) as OrderNumber;
        break;
      case tags.receipt.executed:
        executed = reader.integerBefore(headerEnd) as OrderNumber;
        break;
      case tags.receipt.stable:
        stable = reader.integerBefore(headerEnd) as OrderNumber;
        break;
      default:
        reader.skipFieldBefore(headerEnd, tag);
    }
  }
  return { kind: 'receipt', view, received, executed, stable };
}

function payloadOf({ payload }: EntryRun): Uint8Array {
  return payload;
}
