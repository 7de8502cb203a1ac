/** What the other side did that the protocol or a limit forbids. */
export interface Violation {
  /** The code of the close frame that answers it. */
  readonly closeCode: number;
  /** In words, for people. */
  readonly description: string;
}

/** Codes of `ws` that do not stand for a breach of the framing. */
const closeCodes: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1009,
};

const framingCloseCode = 1002;
const contentCloseCode = 1007;

/** Too many pings and pongs: a breach of policy. */
export const controlFrameFlood: Violation = { closeCode: 1008, description: 'too many pings and pongs in one second' };

/** What an error of the parser, or of the inflation of what it found, says. */
export function violationOf(error: Error): Violation {
  const { code = '' } = error as NodeJS.ErrnoException;
  const closeCode = closeCodes[code] ?? (code.startsWith('WS_ERR_') ? framingCloseCode : contentCloseCode);
  return { closeCode, description: error.message };
}
