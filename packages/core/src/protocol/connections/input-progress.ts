import type { Position, Segment } from '@lockstep/contracts';
import type { DataCommand } from './entry.js';
import { advance, cutBefore, endOf } from './piece.js';

/** How far the requests of one connection are in. */
export interface InputProgress {
  /** The next expected position; the end counts one unit. */
  input: Position;
  inputEnded: boolean;
}

/** What to make of a piece of input. */
export type InputVerdict =
  /** This part of it is new. Without a segment it is the end. */
  | { readonly kind: 'new'; readonly segment: Segment | undefined }
  | { readonly kind: 'duplicate' }
  /** The client interceptor is faulty: it left a gap, or contradicts what it said before. */
  | { readonly kind: 'fault'; readonly reason: string };

/** Judges a piece of data by its position, and moves on past what is new of it. */
export function takeData(progress: InputProgress, data: DataCommand): InputVerdict {
  if (endOf(data) <= progress.input) return { kind: 'duplicate' };
  if (progress.inputEnded) return { kind: 'fault', reason: 'data behind the end' };
  if (data.position > progress.input) return { kind: 'fault', reason: 'gap in the data' };
  const rest = cutBefore(data, progress.input);
  if (rest === undefined) return { kind: 'fault', reason: 'a message overlaps what is in' };
  progress.input = endOf(rest);
  return { kind: 'new', segment: { length: rest.length, payload: rest.payload } };
}

/** Judges the end by its position, and moves on past it if it is new. */
export function takeEnd(progress: InputProgress, position: Position): InputVerdict {
  if (progress.inputEnded) {
    const isSame = advance(position, 1) === progress.input;
    return isSame ? { kind: 'duplicate' } : { kind: 'fault', reason: 'a second end elsewhere' };
  }
  if (position !== progress.input) return { kind: 'fault', reason: 'the end is not behind the data' };
  progress.input = advance(position, 1);
  progress.inputEnded = true;
  return { kind: 'new', segment: undefined };
}
