/** A payload that is longer is not worth copying. */
const copiedBytesMax = 16 * 1024;
/** What is joined is no longer than this, so that it is not too large to be had quickly. */
const joinedBytesMax = 64 * 1024;

/**
 * Joins neighbours that are short: to write one buffer costs the kernel and Node far less than to write fifty, and copying
 * a hundred bytes costs next to nothing.
 *
 * @returns the same bytes in the same order
 */
export function joinPayloads(payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  if (payloads.length < 2) return payloads;
  const joined: Uint8Array[] = [];
  for (let from = 0; from < payloads.length;) {
    const to = endOfRun(payloads, from);
    const first = payloads[from]!;
    joined.push(to === from + 1 ? first : Buffer.concat(payloads.slice(from, to)));
    from = to;
  }
  return joined;
}

/** One past the last payload that is joined with the one at `from`. */
function endOfRun(payloads: readonly Uint8Array[], from: number): number {
  let bytes = 0;
  let to = from;
  for (; to < payloads.length; to += 1) {
    const { byteLength } = payloads[to]!;
    bytes += byteLength;
    if (byteLength > copiedBytesMax || bytes > joinedBytesMax) break;
  }
  return Math.max(to, from + 1);
}
