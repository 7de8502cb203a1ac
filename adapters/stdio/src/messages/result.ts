import type { ProgramStatus } from '@lockstep/contracts';
import { decodeFields, encodeJson } from './json.js';
import { readStatus } from './status.js';

/** What became of a command. */
export interface Result {
  readonly status: ProgramStatus;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/**
 * A result travels in messages of this many bytes, the last of which is shorter. They cannot be cut, so that a small result
 * comes from one replica as a whole, even if replicas differ in what they wrote.
 */
const pieceBytes = 64 * 1024;

const lineFeed = 0x0a;

/** A line that says how it ended and how long the rest is; standard output; standard error. In pieces. */
export function encodeResult({ status, stdout, stderr }: Result): Uint8Array[] {
  const head = encodeJson({ ...status, stdoutBytes: stdout.length, stderrBytes: stderr.length });
  const whole = Buffer.concat([head, Buffer.of(lineFeed), stdout, stderr]);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < whole.length; start += pieceBytes) {
    pieces.push(whole.subarray(start, start + pieceBytes));
  }
  return pieces;
}

/** @returns undefined if it is none, or is not complete */
export function decodeResult(pieces: readonly Uint8Array[]): Result | undefined {
  const whole = Buffer.concat(pieces);
  const headEnd = whole.indexOf(lineFeed);
  if (headEnd < 0) return undefined;
  const fields = decodeFields(whole.subarray(0, headEnd)) ?? {};
  const status = readStatus(fields);
  const { stdoutBytes, stderrBytes } = fields;
  if (status === undefined || !isCount(stdoutBytes) || !isCount(stderrBytes)) return undefined;
  const stdoutEnd = headEnd + 1 + stdoutBytes;
  if (whole.length !== stdoutEnd + stderrBytes) return undefined;
  return { status, stdout: whole.subarray(headEnd + 1, stdoutEnd), stderr: whole.subarray(stdoutEnd) };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
