/** How long things may take, all in milliseconds. */
export interface Timing {
  /** Silence after which a process is taken for dead. Default 1000. */
  readonly suspectAfterMs: number;
  /** The longest silence of a process that has nothing to say. Default a fifth of `suspectAfterMs`. */
  readonly heartbeatMs: number;
  /** Absence after which the group resets the connections of a client interceptor. Default 10,000. */
  readonly expireClientAfterMs: number;
  /** How long a client interceptor looks for a primary view before it resets its clients. Default 30,000. */
  readonly giveUpAfterMs: number;
  /** How long a member may lag behind a full window before it is suspected. Default 10,000. */
  readonly laggardAfterMs: number;
  /** How long a turn may keep others waiting, when the service neither answers nor falls idle. Default 1000. */
  readonly gateTimeoutMs: number;
}

/** What the configuration gives; the rest follows. */
export type GivenTiming = { readonly [Key in keyof Timing]?: Timing[Key] | undefined };

/**
 * Fills in what is not given. The long times have their usual default, or ten (to give up: thirty) times
 * `suspectAfterMs` where that is longer, so that a patient group needs to set one number only.
 */
export function completeTiming(given: GivenTiming): Timing {
  const suspectAfterMs = given.suspectAfterMs ?? 1000;
  return {
    suspectAfterMs,
    heartbeatMs: given.heartbeatMs ?? Math.max(1, Math.floor(suspectAfterMs / 5)),
    expireClientAfterMs: given.expireClientAfterMs ?? Math.max(10_000, 10 * suspectAfterMs),
    giveUpAfterMs: given.giveUpAfterMs ?? Math.max(30_000, 30 * suspectAfterMs),
    laggardAfterMs: given.laggardAfterMs ?? Math.max(10_000, 10 * suspectAfterMs),
    gateTimeoutMs: given.gateTimeoutMs ?? 1000,
  };
}
