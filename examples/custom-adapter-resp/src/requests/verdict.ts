import type { Refusal } from '@lockstep/contracts';
import type { SpecialReply } from '../replies/expected-replies.js';

/** What is to become of a request. */
export interface Verdict {
  /** It is not let through. */
  readonly refusal?: Refusal;
  /** Whether it has a reply. */
  readonly isAnswered: boolean;
  /** What its reply is, if it is not a plain one. */
  readonly reply?: SpecialReply;
  /** It makes Redis answer this, and close the connection. */
  readonly closing?: Uint8Array;
  /** It may wait for what another client does. */
  readonly blocking?: true;
}

export const answered: Verdict = { isAnswered: true };
export const unanswered: Verdict = { isAnswered: false };

/** @param code the first word of the error, by convention in capitals */
export function refused(reason: string, code = 'ERR'): Verdict {
  return { refusal: { reason, answer: Buffer.from(`-${code} ${reason}\r\n`, 'latin1') }, isAnswered: false };
}
