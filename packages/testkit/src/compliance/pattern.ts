/** Bytes of which no stretch repeats soon, so that what is lost, doubled or out of place shows. */
export function pattern(length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  let state = 1;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Cuts bytes into pieces of changing size: 1, 2, 3 … up to `pieceMax`, and again. */
export function pieces(bytes: Uint8Array, pieceMax: number): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let start = 0, size = 1; start < bytes.byteLength; start += size, size = (size % pieceMax) + 1) {
    cut.push(bytes.subarray(start, start + size));
  }
  return cut;
}
