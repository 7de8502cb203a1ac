/** What concerns one hop only, and what each side of a WebSocket agrees on for itself. */
const localNames = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers without those that are for this hop only. Names and values in turn, in their order, as they were written. */
export function endToEndHeaders(rawHeaders: readonly string[]): string[] {
  const named = headerValues(rawHeaders, 'connection').flatMap((value) => value.toLowerCase().split(','));
  const dropped = new Set([...localNames, ...named.map((name) => name.trim())]);
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!dropped.has(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return kept;
}

/** All values of a header, in their order. @param name in lower case */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** The head of a response, with its first line and its empty one. In Latin-1, as it was read. */
export function formatHead(firstLine: string, rawHeaders: readonly string[]): Buffer {
  let text = `${firstLine}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2)
    text += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}
