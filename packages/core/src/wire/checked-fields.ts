import { Malformed } from './block-reader.js';
import { wireLimits } from './limits.js';

/** A field as protobufjs types it inside another message. */
type Field<Value> = Value | null | undefined;

/**
 * An integer field. `BlockReader` has checked its range; a field that is absent is an object of `long` that stands for
 * zero, which this function is there to hide.
 */
export function integer<Branded extends number>(field: Field<number>): Branded {
  return (typeof field === 'number' ? field : 0) as Branded;
}

/** An integer field that counts from one. */
export function ordinal<Branded extends number>(field: Field<number>): Branded {
  const value = integer<Branded>(field);
  if (value === 0) throw new Malformed('a number that starts from 1 is 0');
  return value;
}

/** Checks that what starts at `start` and is `length` long ends at a number that is exact. */
export function checkRange(start: number, length: number): void {
  if (start + length > Number.MAX_SAFE_INTEGER) throw new Malformed('a range ends beyond 2^53 - 1');
}

/** A name or id: not empty, and of bounded length. */
export function identity<Branded extends string>(field: Field<string>): Branded {
  if (!field || field.length > wireLimits.identityLengthMax) throw new Malformed('a name of no good length');
  return field as Branded;
}

/** A name or id that may be absent, which is ''. */
export function optionalIdentity(field: Field<string>): string {
  return field ? identity(field) : '';
}

/** A text for people, cut where it gets too long. */
export function sentence(field: Field<string>): string {
  return (field ?? '').slice(0, wireLimits.sentenceLengthMax);
}

/** A list of at most `lengthMax` elements. */
export function list<Wire, Element>(
  elements: Field<readonly Wire[]>,
  lengthMax: number,
  convert: (element: Wire) => Element,
): Element[] {
  if (!elements) return [];
  if (elements.length > lengthMax) throw new Malformed('a list is too long');
  return elements.map((element) => convert(element));
}

/** A message field that must be there. */
export function present<Wire>(field: Field<Wire>): Wire {
  if (field === null || field === undefined) throw new Malformed('a part is missing');
  return field;
}
