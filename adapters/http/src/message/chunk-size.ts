import { MessageRefused } from './refusal.js';

/** Leading zeros included; 13 digits are a number that is exact. */
const chunkLine = /^([0-9A-Fa-f]{1,13})(?:[\t ]*;([\t\x20-\x7e\x80-\xff]*))?$/;

/** What the line in front of a chunk says. */
export interface ChunkLine {
  readonly size: number;
  /** How long the extensions are, which are dropped. */
  readonly extensionBytes: number;
}

/**
 * Reads the line in front of a chunk.
 *
 * @throws MessageRefused if it is none
 */
export function readChunkLine(line: string): ChunkLine {
  const [, digits, extension = ''] = chunkLine.exec(line) ?? [];
  if (digits === undefined) throw new MessageRefused(400, 'the size of a chunk is malformed');
  return { size: Number.parseInt(digits, 16), extensionBytes: extension.length };
}
