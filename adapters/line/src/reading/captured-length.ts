/**
 * The length that a capture group gives.
 *
 * @returns undefined if the group took no part in the match; NaN if it is no whole number
 */
export function capturedLength(match: RegExpExecArray, group: number): number | undefined {
  const digits = match[group];
  if (digits === undefined) return undefined;
  return /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
}
