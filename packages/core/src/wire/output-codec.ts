import type { ConnectionNumber, Epoch, Position } from '@lockstep/contracts';
import type { News, Output, OutputSegment } from '../protocol/connections/client-link.js';
import { advance, canBeCut } from '../protocol/connections/piece.js';
import { type BlockReader, Malformed } from './block-reader.js';
import { checkRange, ordinal } from './checked-fields.js';
import { fieldWriter as writer } from './field-writer.js';
import { wireLimits } from './limits.js';
import { readTaken, type TakenInput, writeNews } from './progress-codec.js';
import { tags } from './tags.js';
import { memberCodes, segmentCodes as codes } from './wire-codes.js';

/** Encodes released output, in several frames if it is much. */
export function encodeOutput({ epoch, segments, news }: Output): Uint8Array[] {
  const groups = groupSegments(segments.some(isTooLong) ? segments.flatMap(cutSegment) : segments);
  const last = groups.length - 1;
  if (last === 0) return encodeFrame(epoch, groups[0]!, news);
  return groups.flatMap((group, index) => encodeFrame(epoch, group, index === last ? news : undefined));
}

function encodeFrame(epoch: Epoch, segments: readonly OutputSegment[], news: News | undefined): Uint8Array[] {
  const payloads = writeOutput(epoch, segments, news);
  return writer.finishFrame(memberCodes.output, payloads);
}

/** Encodes output that fits into one frame, without the payloads, which belong behind it in their order. */
export function encodeOutputHead({ epoch, segments, news }: Output): Uint8Array[] {
  writeOutput(epoch, segments, news);
  return writer.finishFrame(memberCodes.output, []);
}

/** @returns the payloads */
function writeOutput(epoch: Epoch, segments: readonly OutputSegment[], news: News | undefined): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  writer.start();
  writer.integer(tags.output.epoch, epoch);
  for (const segment of segments) {
    const start = writer.open(tags.output.segments);
    encodeSegment(segment);
    writer.close(start);
    if (segment.kind === 'data') payloads.push(segment.payload);
  }
  if (news !== undefined) writeNews(news, tags.output);
  return payloads;
}

/** Decodes released output. Payloads are parts of the block's buffer. */
export function decodeOutput(reader: BlockReader): Output {
  const { headerEnd } = reader;
  let epoch = 0;
  let stableBatches = 0;
  const segments: OutputSegment[] = [];
  const taken: TakenInput[] = [];
  while (reader.pos < headerEnd) {
    const tag = reader.tagBefore(headerEnd);
    switch (tag) {
      case tags.output.epoch:
        epoch = reader.integerBefore(headerEnd);
        break;
      case tags.output.segments:
        if (segments.length === wireLimits.segmentsPerFrameMax) throw new Malformed('a list is too long');
        segments.push(decodeSegment(reader, reader.fieldEndBefore(headerEnd)));
        break;
      case tags.output.stableBatches:
        stableBatches = reader.integerBefore(headerEnd);
        break;
      case tags.output.taken:
        readTaken(reader, headerEnd, taken);
        break;
      default:
        reader.skipFieldBefore(headerEnd, tag);
    }
  }
  const news = stableBatches > 0 || taken.length > 0 ? { stableBatches, taken } : undefined;
  return { kind: 'output', epoch: ordinal<Epoch>(epoch), segments, news };
}

function encodeSegment(segment: OutputSegment): void {
  writer.integer(tags.outputSegment.kind, codes[segment.kind]);
  writer.integer(tags.outputSegment.connection, segment.connection);
  writer.integer(tags.outputSegment.position, segment.position);
  if (segment.kind !== 'data') return;
  if (!canBeCut(segment)) writer.integer(tags.outputSegment.length, segment.length);
  writer.integer(tags.outputSegment.bytes, segment.payload.length);
}

function decodeSegment(reader: BlockReader, end: number): OutputSegment {
  let code = 0;
  let number = 0;
  let position = 0 as Position;
  let length: number | undefined;
  let byteLength = 0;
  while (reader.pos < end) {
    const tag = reader.tagBefore(end);
    switch (tag) {
      case tags.outputSegment.kind:
        code = reader.integerBefore(end);
        break;
      case tags.outputSegment.connection:
        number = reader.integerBefore(end);
        break;
      case tags.outputSegment.position:
        position = reader.integerBefore(end) as Position;
        break;
      case tags.outputSegment.length:
        length = reader.integerBefore(end);
        break;
      case tags.outputSegment.bytes:
        byteLength = reader.integerBefore(end);
        break;
      default:
        reader.skipFieldBefore(end, tag);
    }
  }
  const connection = ordinal<ConnectionNumber>(number);
  switch (code) {
    case codes.data:
      // Of a stream of bytes, each is a unit.
      length ??= byteLength;
      checkRange(position, length);
      return { kind: 'data', connection, position, length, payload: reader.take(byteLength) };
    case codes.end:
      return { kind: 'end', connection, position };
    case codes.reset:
      return { kind: 'reset', connection, position };
    default:
      throw new Malformed('a segment of unknown kind');
  }
}

/** A stream of bytes can be cut anywhere, a message nowhere. */
function isTooLong(segment: OutputSegment): boolean {
  return segment.kind === 'data' && canBeCut(segment) && segment.length > wireLimits.cutPayloadBytes;
}

function cutSegment(segment: OutputSegment): OutputSegment[] {
  if (segment.kind !== 'data' || !isTooLong(segment)) return [segment];
  const { kind, connection } = segment;
  const parts: OutputSegment[] = [];
  for (let offset = 0; offset < segment.length; offset += wireLimits.cutPayloadBytes) {
    const payload = segment.payload.subarray(offset, offset + wireLimits.cutPayloadBytes);
    parts.push({ kind, connection, position: advance(segment.position, offset), length: payload.length, payload });
  }
  return parts;
}

/** Cuts between segments, into groups that go into one frame each. */
function groupSegments(segments: readonly OutputSegment[]): (readonly OutputSegment[])[] {
  const groups: (readonly OutputSegment[])[] = [];
  let start = 0;
  let byteLength = 0;
  for (const [index, segment] of segments.entries()) {
    const segmentBytes = segment.kind === 'data' ? segment.payload.length : 0;
    const isFull =
      byteLength + segmentBytes > wireLimits.cutPayloadBytes || index - start === wireLimits.segmentsPerFrameMax;
    if (isFull && index > start) {
      groups.push(segments.slice(start, index));
      start = index;
      byteLength = 0;
    }
    byteLength += segmentBytes;
  }
  groups.push(start === 0 ? segments : segments.slice(start));
  return groups;
}
