const lineEnd = Buffer.from('\r\n', 'latin1');
const lastChunk = Buffer.from('0\r\n', 'latin1');

/** A part of a body as one chunk. */
export function formatChunk(payload: Uint8Array): readonly Uint8Array[] {
  return [Buffer.from(`${payload.length.toString(16)}\r\n`, 'latin1'), payload, lineEnd];
}

/** The end of a chunked body. */
export function formatLastChunk(trailers: Uint8Array): readonly Uint8Array[] {
  return [Buffer.concat([lastChunk, trailers, lineEnd])];
}
