import type { Readable, Writable } from 'node:stream';

/** The standard streams of a process: of this one, or of a test. */
export interface StandardStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
}
