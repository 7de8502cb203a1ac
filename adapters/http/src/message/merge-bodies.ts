import type { MessageEvent } from './message-reader.js';

/** Joins parts of a body that follow each other: a client that sends chunks of one byte does not make a unit of each. */
export function mergeBodies<Head>(events: MessageEvent<Head>[]): MessageEvent<Head>[] {
  if (events.length < 2) return events;
  const merged: MessageEvent<Head>[] = [];
  let parts: Uint8Array[] = [];
  const flush = (): void => {
    const [first] = parts;
    if (first === undefined) return;
    merged.push({ kind: 'body', payload: parts.length === 1 ? first : Buffer.concat(parts) });
    parts = [];
  };
  for (const event of events) {
    if (event.kind === 'body') {
      parts.push(event.payload);
      continue;
    }
    flush();
    merged.push(event);
  }
  flush();
  return merged;
}
