/** What a connection attempt fails with when it is this host that has run out of something. */
const localFaults = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EAGAIN', 'ENOBUFS', 'ENOMEM']);

/** Whether a failed connection attempt says nothing about the other side. Also looks at what caused the error. */
export function isLocalFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && localFaults.has(String(error.code))) || isLocalFault(error.cause);
}
