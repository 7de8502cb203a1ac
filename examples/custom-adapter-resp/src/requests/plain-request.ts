import { unfinished } from '../header-number.js';
import { isSuspicious } from './commands.js';
import { requestLimits } from './limits.js';

const asterisk = 0x2a;
const dollar = 0x24;
const zero = 0x30;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const lineEndBytes = 2;
/** Longer numbers are left to the reader that knows all the rules. */
const digitsMax = 9;

/**
 * The short way, which nearly all requests go: whole in the chunk, of a plain command, and without faults.
 *
 * @param bulkBytesMax the longest argument that is let through
 * @returns the offset one past the request; `unfinished` if it has to go the long way
 */
export function endOfPlainRequest(chunk: Uint8Array, start: number, bulkBytesMax: number): number {
  if (chunk[start] !== asterisk) return unfinished;
  const count = numberAt(chunk, start + 1);
  if (count < 1 || count > requestLimits.argumentsMax) return unfinished;
  let at = start + 1 + digitsOf(count) + lineEndBytes;
  for (let index = 0; index < count; index += 1) {
    if (chunk[at] !== dollar) return unfinished;
    const bytes = numberAt(chunk, at + 1);
    if (bytes < 0 || bytes > bulkBytesMax) return unfinished;
    at += 1 + digitsOf(bytes) + lineEndBytes;
    if (index === 0 && (bytes === 0 || isSuspicious(bytes, chunk[at]!))) return unfinished;
    at += bytes + lineEndBytes;
  }
  return at > chunk.length ? unfinished : at;
}

/** The number that a line ends with; -1 if it is none, has zeros in front, or goes on in the next chunk. */
function numberAt(chunk: Uint8Array, from: number): number {
  let value = 0;
  let at = from;
  for (; at < chunk.length; at += 1) {
    const digit = chunk[at]! - zero;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (at - from === digitsMax) return -1;
  }
  const isNumber = at > from && (chunk[from] !== zero || at === from + 1);
  return isNumber && chunk[at] === carriageReturn && chunk[at + 1] === lineFeed ? value : -1;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits += 1;
  return digits;
}
