import type { Entry } from '../protocol/connections/entry.js';

/** Entries as bytes, as the group orders them. */
export interface EntryCodec {
  encode(entry: Entry): Uint8Array;
  /** Undefined for bytes that are no entry; then every replica ignores them alike. */
  decode(bytes: Uint8Array): Entry | undefined;
}
