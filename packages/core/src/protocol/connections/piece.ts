import type { Position } from '@lockstep/contracts';

/** A segment in its place: a piece of one direction of a connection. */
export interface Piece {
  readonly position: Position;
  /** In units. */
  readonly length: number;
  readonly payload: Uint8Array;
}

/** What a piece costs in memory beside its bytes, roughly: many tiny ones must not hide from the bounds. */
export const pieceOverheadBytes = 64;

/** What a piece with this payload counts for wherever memory is bounded. */
export function costBytes(payload: Uint8Array): number {
  return payload.length + pieceOverheadBytes;
}

export function advance(position: Position, units: number): Position {
  return (position + units) as Position;
}

/** The position behind the last unit of the piece. */
export function endOf(piece: Piece): Position {
  return advance(piece.position, piece.length);
}

/** Whether the piece is one of a byte stream: only then does a unit have bytes of its own. */
export function canBeCut(piece: { readonly length: number; readonly payload: Uint8Array }): boolean {
  return piece.length === piece.payload.length;
}

/**
 * What remains of the piece from `position` on, which must lie before its end.
 *
 * @returns undefined if the piece cannot be cut there
 */
export function cutBefore<Cut extends Piece>(piece: Cut, position: Position): Cut | undefined {
  if (position <= piece.position) return piece;
  if (!canBeCut(piece)) return undefined;
  const payload = piece.payload.subarray(position - piece.position);
  return { ...piece, position, length: payload.length, payload };
}
