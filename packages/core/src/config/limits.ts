/** What one process may hold. Where a limit is reached, the other side has to wait; nothing is dropped. */
export interface Limits {
  /** Bytes in flight in one direction of one virtual connection. Default 1 MiB. */
  readonly connectionWindowBytes: number;
  /** Output that clients have not acknowledged, over all connections of one process. Default 256 MiB. */
  readonly processCacheBytes: number;
  /** The order log in memory; beyond it, new members cannot be filled by replay. Default 1 GiB. */
  readonly historyBytes: number;
  /** Virtual connections of one client interceptor at a time; more are refused. Default 16,384, at most 65,536. */
  readonly maxConnections: number;
}

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const gibibyte = 1024 * mebibyte;

/** The limits of a configuration that names none. */
export const defaultLimits: Limits = {
  connectionWindowBytes: mebibyte,
  processCacheBytes: 256 * mebibyte,
  historyBytes: gibibyte,
  maxConnections: 16_384,
};

const units: Readonly<Record<string, number>> = { KiB: kibibyte, MiB: mebibyte, GiB: gibibyte };

/** A number of bytes with its unit, as `64 MiB`. */
export const byteCountPattern = /^(\d{1,12}) ?(KiB|MiB|GiB)$/;

/**
 * Reads a number of bytes: `1048576` or `1 MiB`.
 *
 * @returns NaN when the text is none
 */
export function parseByteCount(written: number | string): number {
  if (typeof written === 'number') return written;
  const match = byteCountPattern.exec(written);
  return Number(match?.[1]) * (units[match?.[2] ?? ''] ?? Number.NaN);
}
