import type { Gate } from './faces.js';
import type { Logger } from './logger.js';

/** How a program is run that is the service of an endpoint. */
export interface ProgramCommand {
  /**
   * Program and arguments, with the variables of the replica filled in; not for a shell. Empty when the configuration
   * says nothing.
   */
  readonly words: readonly string[];
  /** The absolute folder that it is run in: that of the configuration file. */
  readonly directory: string;
  /** The whole environment of the program. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How a program ended: by itself with an exit code, or by a signal. */
export interface ProgramStatus {
  readonly code: number | null;
  /** `SIGTERM` and the like. */
  readonly signal: string | null;
}

/** The process that stands in for a program towards whoever started it (`lockstep stdio`, `lockstep exec`). */
export interface StandIn {
  /** The words of the command line that are for the program. Empty for `lockstep stdio`. */
  readonly arguments: readonly string[];
  /** To be called once, when everything is written: the process ends as the program did. */
  onExit(status: ProgramStatus): void;
  /** To be called once, instead: it cannot go on in the program's place. The process says why, and fails. */
  onFailure(error: Error): void;
}

/** What the composition root tells an adapter about the endpoint that it serves. */
export interface EndpointContext {
  /** The endpoint's name in the configuration. */
  readonly endpoint: string;
  readonly logger: Logger;
  /** Where the client face listens: `host:port` or `unix:/path`. Only in a client interceptor, for a server. */
  readonly listen?: string;
  /** What the service face connects to: `host:port` or `unix:/path`. Only in a service interceptor, for a server. */
  readonly connect?: string;
  /** What the client face stands in for, on the standard streams of this process. Only in a client interceptor, for a program. */
  readonly standIn?: StandIn;
  /** What the service face runs. Only in a service interceptor, for a program. */
  readonly run?: ProgramCommand;
  /** The configured gate, or undefined for the adapter's default. */
  readonly gate?: Gate;
  /** How the endpoint's virtual connections meet the service. */
  readonly connections: 'dedicated' | 'shared';
  /** This channel carries a dialect: all it may yield and take are plain bytes. */
  readonly beneathDialect?: true;
}

/**
 * What an adapter package exports as `adapter` (and by default). `Module` is an inversify `ContainerModule`; this
 * package has no dependency, so it is a type parameter here.
 *
 * An adapter of kind `channel` binds `tokens.ClientFace` and `tokens.ServiceFace` for a byte stream; one of kind
 * `dialect` binds `tokens.Dialect` and is composed with a channel; one of kind `faces` binds both faces for a protocol of
 * its own.
 */
export interface Adapter<Options, Module = unknown> {
  readonly kind: 'channel' | 'dialect' | 'faces';
  /**
   * What a service of this adapter is: a server that listens on an address (the default), or a program that is run and
   * talks on its standard streams. Endpoints of programs have `service: { run }` and no `client`; clients reach them by
   * `lockstep stdio` or `lockstep exec`. A dialect takes the form of what carries it.
   */
  readonly serviceForm?: 'server' | 'program';
  /**
   * Only for `faces`: they can share one connection to the service among all virtual connections. They keep the order
   * of requests on it then, and are asked for no gate. For a dialect, sharing is done above it.
   */
  readonly sharesConnections?: true;
  /** The gate that holds when the configuration names none. */
  readonly defaultGate: Gate;
  /**
   * Checks the `options` of the endpoint.
   *
   * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` that names the option and the remedy
   */
  parseOptions(options: unknown): Options;
  /** Binds the tokens for one endpoint. Bindings use `toResolvedValue`; the module is loaded once per endpoint. */
  module(options: Options, context: EndpointContext): Module;
}
