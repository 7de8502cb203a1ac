import type { Gate } from './faces.js';
import type { Logger } from './logger.js';

/** What the composition root tells an adapter about the endpoint that it serves. */
export interface EndpointContext {
  /** The endpoint's name in the configuration. */
  readonly endpoint: string;
  readonly logger: Logger;
  /** Where the client face listens: `host:port`. Only in a client interceptor. */
  readonly listen?: string;
  /** What the service face connects to: `host:port`. Only in a service interceptor. */
  readonly connect?: string;
  /** The configured gate, or undefined for the adapter's default. */
  readonly gate?: Gate;
  /** How the endpoint's virtual connections meet the service. Only for a dialect, on both sides. */
  readonly connections?: 'dedicated' | 'shared';
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
