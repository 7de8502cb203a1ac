/**
 * An operating error: something outside the program that a user can read about and act on. It is never used for a
 * broken invariant (those stop the replica) nor for bad input from a peer (that is dropped, counted and logged).
 */
export class LockstepError extends Error {
  /** Stable, machine-readable: `ERR_LOCKSTEP_…`. Listed in docs/errors.md. */
  readonly code: ErrorCode;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;

  /**
   * @param code one of the codes listed in docs/errors.md
   * @param message what happened and what to do about it, in one or two sentences
   */
  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LockstepError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Every operating error there is, with the sentence that docs/errors.md shows for it. */
export const errorCodes = {
  ERR_LOCKSTEP_CONFIGURATION: 'The configuration or the command line is wrong.',
  ERR_LOCKSTEP_ADAPTER_NOT_FOUND: 'The package that the configuration names as an adapter cannot be loaded.',
  ERR_LOCKSTEP_ADAPTER_INVALID: 'The package that the configuration names as an adapter does not export one.',
  ERR_LOCKSTEP_ADDRESS_IN_USE: 'Another program listens on an address that Lockstep needs.',
  ERR_LOCKSTEP_LISTEN: 'An address cannot be listened on.',
  ERR_LOCKSTEP_SERVICE_START: 'The managed service did not start, or did not become ready in time.',
  ERR_LOCKSTEP_SERVICE_CRASHED: 'The managed service ended by itself.',
  ERR_LOCKSTEP_SERVICE_UNREACHABLE: 'The service cannot be connected to.',
  ERR_LOCKSTEP_HANDSHAKE_REFUSED: 'The other side of a link refused the handshake.',
  ERR_LOCKSTEP_EXCLUDED: 'The group excluded this member; it rejoins as a new incarnation.',
  ERR_LOCKSTEP_NO_PRIMARY_VIEW: 'No quorum of the group was reachable for the stated time.',
  ERR_LOCKSTEP_CLIENT_EXPIRED: 'The group expired this client interceptor because it stayed away for too long.',
  ERR_LOCKSTEP_OUTPUT: 'What a program put out cannot be written.',
  ERR_LOCKSTEP_INPUT_REFUSED: 'A client sent what the protocol adapter refuses.',
  ERR_LOCKSTEP_HISTORY_LIMIT: 'The order log outgrew its stated limit; new members cannot be filled by replay.',
  ERR_LOCKSTEP_FENCE_FAILED: 'The fence command failed, so the survivor does not continue.',
  ERR_LOCKSTEP_UNREACHABLE: 'No member answers on its configured link address.',
} as const;

/** The stable code of an operating error. */
export type ErrorCode = keyof typeof errorCodes;
