import { Buffer } from 'node:buffer';
import type { Block } from './block.js';
import { decodeStrictly } from './block-reader.js';
import { BlockWriter } from './block-writer.js';
import { lockstep } from './generated/lockstep.js';
import { wireLimits } from './limits.js';
import { observerCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

/** Bytes of a frame that are not the document; in truth even fewer. */
const overheadBytes = 64;

/**
 * Encodes the answer to an observer: one JSON document.
 *
 * @returns undefined if the document is too large for a frame
 */
export function encodeStatus(document: unknown): Uint8Array[] | undefined {
  const json = Buffer.from(JSON.stringify(document));
  if (json.length > wireLimits.frameBytesMax - overheadBytes) return undefined;
  return BlockWriter.encodeFrame(codes.status, wire.StatusAnswer, {}, [json]);
}

/** @returns the document in an object of its own, or undefined if the frame is malformed in any way */
export function decodeStatus(block: Block): { readonly document: unknown } | undefined {
  return decodeStrictly(block, (reader) => {
    if (reader.code !== codes.status) return undefined;
    reader.header(wire.StatusAnswer);
    return { document: JSON.parse(Buffer.from(reader.takeRest()).toString('utf8')) as unknown };
  });
}
