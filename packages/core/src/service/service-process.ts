/** How a service ended; for one that somebody else runs, both are null. */
export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The service behind a service interceptor, whether we run it or only attach to it. */
export interface ServiceProcess {
  /**
   * Resolves when the service can be connected to. May be called again after an exit or a stop; then the service is
   * another one, without the state of the one before.
   *
   * @throws LockstepError `ERR_LOCKSTEP_SERVICE_START` or `ERR_LOCKSTEP_ADDRESS_IN_USE`
   */
  start(): Promise<void>;
  /** Ends the service (or, attached, lets it be) and everything that belongs to it. Nobody is told of this exit. */
  stop(): Promise<void>;
  /** Sets who is told, at once, that the service has ended without being stopped: once for each start. */
  onExit(listener: (exit: ServiceExit) => void): void;
  /** The process of the service; null while there is none, and when somebody else runs it. */
  readonly pid: number | null;
  /**
   * Whether the service has certainly not been used since it was started, as a replay from the first entry needs it.
   * False when somebody else runs it and it was there before us: then stop, and start again, which waits for its
   * restart.
   */
  readonly fresh: boolean;
  /**
   * To be asked when the service closes a connection. A service that is alive meant to close it; the connections of one
   * that dies close too, and those closes must not reach the clients. The answer may take some milliseconds.
   *
   * @returns false when the service has ended or is about to; then the exit is told as well
   */
  confirmAlive(): Promise<boolean>;
}

/**
 * How long a service that closed a connection gets to turn out to be dying. A process that is killed is known to be
 * ending before its sockets close, but some runtimes close them first, while they clear up after an error: CPython
 * takes up to 10 ms from there to the end of the process.
 */
export const exitGraceMs = 20;
