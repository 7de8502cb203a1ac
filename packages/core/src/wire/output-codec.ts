import type { ConnectionNumber, Position } from '@lockstep/contracts';
import type { Output, OutputSegment } from '../protocol/connections/client-link.js';
import { advance, canBeCut } from '../protocol/connections/piece.js';
import { type BlockReader, Malformed } from './block-reader.js';
import { BlockWriter } from './block-writer.js';
import { checkRange, integer, ordinal } from './checked-fields.js';
import { lockstep } from './generated/lockstep.js';
import { wireLimits } from './limits.js';
import { memberCodes } from './wire-codes.js';

import wire = lockstep.wire;

const kinds = wire.SegmentKind;

/** Encodes released output, in several frames if it is much. */
export function encodeOutput({ epoch, segments }: Output): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (const group of groupSegments(segments.some(isTooLong) ? segments.flatMap(cutSegment) : segments)) {
    const payloads: Uint8Array[] = [];
    for (const segment of group) if (segment.kind === 'data') payloads.push(segment.payload);
    const fields = { epoch, segments: group.map(encodeSegment) };
    frames.push(...BlockWriter.encodeFrame(memberCodes.output, wire.Output, fields, payloads));
  }
  return frames;
}

/** Takes a segment's payload from the body. */
export function decodeSegment(reader: BlockReader, segment: lockstep.wire.OutputSegment.$Properties): OutputSegment {
  const connection = ordinal<ConnectionNumber>(segment.connection);
  const position = integer<Position>(segment.position);
  switch (segment.kind) {
    case kinds.SEGMENT_DATA: {
      const length = integer(segment.length);
      checkRange(position, length);
      return { kind: 'data', connection, position, length, payload: reader.take(integer(segment.bytes)) };
    }
    case kinds.SEGMENT_END:
      return { kind: 'end', connection, position };
    case kinds.SEGMENT_RESET:
      return { kind: 'reset', connection, position };
    default:
      throw new Malformed('a segment of unknown kind');
  }
}

function encodeSegment(segment: OutputSegment): lockstep.wire.OutputSegment.$Properties {
  const { connection, position } = segment;
  switch (segment.kind) {
    case 'data': {
      const { length, payload } = segment;
      return { kind: kinds.SEGMENT_DATA, connection, position, length, bytes: payload.byteLength };
    }
    case 'end':
      return { kind: kinds.SEGMENT_END, connection, position };
    case 'reset':
      return { kind: kinds.SEGMENT_RESET, connection, position };
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
    parts.push({ kind, connection, position: advance(segment.position, offset), length: payload.byteLength, payload });
  }
  return parts;
}

/** Cuts between segments, into groups that go into one frame each. */
function groupSegments(segments: readonly OutputSegment[]): (readonly OutputSegment[])[] {
  const groups: (readonly OutputSegment[])[] = [];
  let start = 0;
  let byteLength = 0;
  for (const [index, segment] of segments.entries()) {
    const segmentBytes = segment.kind === 'data' ? segment.payload.byteLength : 0;
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
