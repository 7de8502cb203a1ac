import type { Logger, StandIn } from '@lockstep/contracts';
import type { Configuration } from './config/index.js';
import type { GroupStatus } from './group-status.js';

/** A running interceptor, as the composition root hands it out. */
export interface Composition {
  /**
   * Settles when the interceptor has ended, by itself or through `stop`.
   *
   * @throws LockstepError what ended it, if it ended by itself because something went wrong
   */
  readonly done: Promise<void>;
  /** Ends it in good order and frees everything: a member leaves the group first, a client interceptor detaches. */
  stop(): Promise<void>;
}

/** A running client interceptor. */
export interface ClientComposition extends Composition {
  /** For each endpoint served, by name, the address really listened on (`127.0.0.1:6379`; shows the port that 0 became). */
  readonly addresses: ReadonlyMap<string, string>;
}

/** What a service interceptor is started with, besides the configuration. */
export interface ServiceOptions {
  /** The configured name of the replica or witness to be. */
  readonly replica: string;
  /** Forms the group at once, without waiting for the other configured members. An operator's decision. */
  readonly bootstrap: boolean;
  readonly logger: Logger;
  /** Gives up the start while the service is not there yet: it may be somebody else who has to start it. */
  readonly signal?: AbortSignal;
}

/** What a client interceptor is started with, besides the configuration. */
export interface ClientOptions {
  readonly logger: Logger;
  /** Serves this one endpoint, whose service is a program, in its place; without it, all endpoints that have an address. */
  readonly standIn?: StandIn & { readonly endpoint: string };
}

/** What the composition root offers to whoever starts interceptors, such as the `lockstep` command. */
export interface CompositionRoot {
  /**
   * Starts the service interceptor of one replica, or a witness. Resolves when it runs; it may not be in the group yet.
   *
   * @throws LockstepError why it cannot start, or that the start was given up
   */
  composeService(configuration: Configuration, options: ServiceOptions): Promise<Composition>;
  /**
   * Starts a client interceptor. Resolves when it listens for clients.
   *
   * @throws LockstepError why it cannot start
   */
  composeClient(configuration: Configuration, options: ClientOptions): Promise<ClientComposition>;
  /**
   * Asks all configured members how they are. Those that do not answer in time are in the answer as unreachable.
   *
   * @param timeoutMs how long to wait for the slowest
   */
  queryStatus(configuration: Configuration, timeoutMs: number): Promise<GroupStatus>;
}
