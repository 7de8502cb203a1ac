/** What one request may be. */
export const requestLimits = {
  /** As many arguments as Redis has taken in all its versions. */
  argumentsMax: 1024 * 1024,
  /** The longest inline command, as in Redis; and the most bytes that wait for it to be known what they ask for. */
  undecidedBytesMax: 64 * 1024,
} as const;
