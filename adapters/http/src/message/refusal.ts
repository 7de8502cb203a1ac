/** What a client is told that sends what is not let through. */
export type RefusalStatus = 400 | 408 | 431 | 501 | 505;

/** Why a message is not let through. */
export interface Refusal {
  readonly status: RefusalStatus;
  /** One sentence without its end, for the log and for the client. */
  readonly reason: string;
}

/** Thrown inside the codecs where a message breaks a rule; it leaves them as a `Refusal`. */
export class MessageRefused extends Error implements Refusal {
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus, reason: string) {
    super(reason);
    this.name = 'MessageRefused';
    this.status = status;
  }

  get reason(): string {
    return this.message;
  }
}
