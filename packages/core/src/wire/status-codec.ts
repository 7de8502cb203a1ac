import { Buffer } from 'node:buffer';
import type { Block } from './block.js';
import { decodeStrictly } from './block-reader.js';
import { BlockWriter } from './block-writer.js';
import { lockstep } from './generated/lockstep.js';
import { observerCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

/** Encodes the answer to an observer: one JSON document. */
export function encodeStatus(document: unknown): Uint8Array[] {
  return BlockWriter.encodeFrame(codes.status, wire.StatusAnswer, {}, [Buffer.from(JSON.stringify(document))]);
}

/** @returns the document in an object of its own, or undefined if the frame is malformed in any way */
export function decodeStatus(block: Block): { readonly document: unknown } | undefined {
  return decodeStrictly(block, (reader) => {
    if (reader.code !== codes.status) return undefined;
    reader.header(wire.StatusAnswer);
    return { document: JSON.parse(Buffer.from(reader.takeRest()).toString('utf8')) as unknown };
  });
}
