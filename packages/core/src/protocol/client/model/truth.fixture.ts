import type { OrderNumber } from '@lockstep/contracts';
import type { OutputSegment } from '../../connections/client-link.js';
import type { ConnectionKey, ServiceOperation } from '../../connections/replica-io.js';

/** One unit of output as text, and the entry that brought it about. */
export interface Unit {
  readonly text: string;
  readonly order: OrderNumber;
}

/**
 * What is true in one world, as far as any replica has shown it: what every other replica does has to agree with it.
 * A broken rule is thrown, by its name in the catalogue of invariants.
 */
export class Truth {
  readonly #digests = new Map<number, string>();
  readonly #operations = new Map<number, string>();
  readonly #outputs = new Map<ConnectionKey, Unit[]>();
  /** Clients that the order has expired. */
  readonly expired = new Set<string>();
  /** Counter values that clients have seen. */
  readonly #counters = new Set<number>();
  /** How often something noteworthy has happened, over the whole world. */
  readonly marks = new Map<string, number>();

  mark(name: string): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1);
  }

  /** K1: at the same order number the tables are the same. */
  table(applied: number, digest: string): void {
    const known = this.#digests.get(applied);
    if (known === undefined) this.#digests.set(applied, digest);
    else check(known === digest, `K1: tables differ at ${applied}:\n${known}\n${digest}`);
  }

  /** S1: what services are given is a function of the order. */
  execution(order: OrderNumber, operations: readonly ServiceOperation[]): void {
    const text = JSON.stringify(operations, (_, value: unknown) =>
      value instanceof Uint8Array ? [...value].join(' ') : value,
    );
    const known = this.#operations.get(order);
    if (known === undefined) this.#operations.set(order, text);
    else check(known === text, `S1: executions of ${order} differ:\n${known}\n${text}`);
  }

  /** S3: services put out the same. */
  produced(key: ConnectionKey, index: number, unit: Unit): void {
    const units = this.#outputs.get(key) ?? [];
    this.#outputs.set(key, units);
    const known = units[index];
    if (known === undefined) units.push(unit);
    else check(known.text === unit.text, `the model services of ${key} differ at ${index}`);
  }

  /** The entries behind `end` never were. */
  truncate(end: number): void {
    for (const map of [this.#digests, this.#operations]) {
      for (const order of [...map.keys()]) if (order > end) map.delete(order);
    }
    for (const [key, units] of this.#outputs) {
      this.#outputs.set(
        key,
        units.filter(({ order }) => order <= end),
      );
    }
  }

  /** S4, K2: what is sent is what was put out, and what brought it about is stable. */
  sent(key: ConnectionKey, segment: OutputSegment, stable: number): void {
    for (const { text, order } of this.#unitsOf(key, segment)) {
      const position = segment.position;
      check(order <= stable, `S4: ${key} at ${position} (${text}) is caused by ${order}, stable is ${stable}`);
    }
  }

  /** K2: a cache holds exactly what is produced and not acknowledged. */
  cache(key: ConnectionKey, pieces: readonly OutputSegment[], acknowledged: number, produced: number): void {
    let position = Math.min(acknowledged, produced);
    for (const piece of pieces) {
      check(
        piece.position === position,
        `K2: the cache of ${key} has a piece at ${piece.position}, not at ${position}`,
      );
      position += this.#unitsOf(key, piece).length;
    }
    check(position === produced, `K2: the cache of ${key} ends at ${position}, not at ${produced}`);
  }

  /** C6: a counter is handed out once. */
  counter(value: number): void {
    check(!this.#counters.has(value), `C6: two clients saw the counter ${value}`);
    this.#counters.add(value);
  }

  /** The true units of a segment, which has the same text. */
  #unitsOf(key: ConnectionKey, segment: OutputSegment): Unit[] {
    const texts = unitsOf(segment);
    const units = (this.#outputs.get(key) ?? []).slice(segment.position, segment.position + texts.length);
    const known = units.map(({ text }) => text).join();
    check(known === texts.join(), `K2: ${key} at ${segment.position} has ${texts.join()} instead of ${known}`);
    return units;
  }
}

/** The units of a segment as text: bytes one by one, a message as a whole. */
export function unitsOf(segment: OutputSegment): string[] {
  if (segment.kind !== 'data') return [segment.kind];
  return unitsOfPayload(segment.length, segment.payload);
}

export function unitsOfPayload(length: number, payload: Uint8Array): string[] {
  const texts = [...payload].map(String);
  return length === payload.byteLength ? texts : [`<${texts.join('-')}>`];
}

export function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}
