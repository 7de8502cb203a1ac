import { linkLimits } from './limits.js';

/**
 * Copies neighbouring small pieces together, and leaves large ones as they are: a copy of little costs less than one more
 * buffer in a gathering write.
 */
export function joinSmallPieces(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  if (pieces.length === 1) return pieces;
  const joined: Uint8Array[] = [];
  let start = 0;
  for (let index = 0; index <= pieces.length; index++) {
    const piece = pieces[index];
    if (piece !== undefined && piece.length <= linkLimits.joinPieceBytesMax) continue;
    if (index - start > 1) joined.push(Buffer.concat(pieces.slice(start, index)));
    else if (index > start) joined.push(pieces[start]!);
    if (piece !== undefined) joined.push(piece);
    start = index + 1;
  }
  return joined;
}
