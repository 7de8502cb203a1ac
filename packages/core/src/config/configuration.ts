import type { Gate } from '@lockstep/contracts';
import type { AdapterReference } from './adapter-reference.js';
import type { ConfigurationError } from './configuration-error.js';
import type { Limits } from './limits.js';
import type { Timing } from './timing.js';

/** A configuration file, checked, with every default filled in. */
export interface Configuration {
  /** The file, as it was named by whoever loaded it. */
  readonly path: string;
  /** The absolute folder that the file is in; relative paths in it start here. */
  readonly directory: string;
  readonly group: string;
  /** Replicas and witnesses, in the order of the file. */
  readonly replicas: readonly Replica[];
  readonly timing: Timing;
  readonly limits: Limits;
  /** `none` when the file says so; undefined when it is silent, and then every link stays on the loopback. */
  readonly security: 'none' | undefined;
  /** Whether processes of one host are linked past TCP. Default true. */
  readonly localLinks: boolean;
  /** What the client interceptor serves, in the order of the file. */
  readonly clientEndpoints: readonly ClientEndpoint[];
  /**
   * What one replica or witness does, with its variables filled in.
   *
   * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` when there is none of that name
   */
  forReplica(name: string): ReplicaConfiguration;
  /** `lockstep.yaml:12:5`, the place of a value in the file; of the deepest key that leads there if there is no such value. */
  placeOf(path: readonly (string | number)[]): string;
  /**
   * An error that points at a place in the file, for what can only be checked later (the options of an adapter).
   *
   * @param path the keys that lead there, such as `['endpoints', 'kv', 'options', 'preset']`
   * @param what what is wrong, as a clause without a full stop
   * @param remedy what to do about it, as one sentence
   */
  errorAt(path: readonly (string | number)[], what: string, remedy: string): ConfigurationError;
}

/** A member of the group, as every other member needs to know it. */
export interface Replica {
  readonly name: string;
  /** Where it listens for members and client interceptors, and where they dial it: `host:port`. */
  readonly link: string;
  /** It votes and stores, and has no service. */
  readonly witness: boolean;
}

/** A replica with what it runs. */
export interface ReplicaConfiguration extends Replica {
  /** Undefined for a witness. */
  readonly service: ServiceConfiguration | undefined;
  /** Empty for a witness. */
  readonly endpoints: readonly ServiceEndpoint[];
  /** The command that must succeed before others may go on without this replica; undefined when none is configured. */
  readonly fenceCommand: string | undefined;
}

/** The service of one replica. */
export interface ServiceConfiguration {
  /** The command that runs it; undefined when somebody else does, and the interceptor only connects. */
  readonly run: string | undefined;
  /** The address that accepts connections once the service is ready; undefined leaves the question to the adapters. */
  readonly readyAddress: string | undefined;
  /** Added to the environment of the service. */
  readonly environment: Readonly<Record<string, string>>;
  /** How a joiner's service gets its state: a fresh service, and the order from the start. */
  readonly stateTransfer: 'replay';
  /** How long a starting service may take to become ready. Default 10 s. */
  readonly readyTimeoutMs: number;
  /** How long a service may take to end after SIGTERM, before SIGKILL. Default 5 s. */
  readonly stopTimeoutMs: number;
  /** Whether a managed service that ended by itself is started again. Default true. */
  readonly restart: boolean;
}

/** What both interceptors know about an endpoint. */
export interface Endpoint {
  readonly name: string;
  readonly adapter: AdapterReference;
  /** The channel that a dialect is composed with. Default tcp when the adapter is a dialect; meaningless otherwise. */
  readonly over: AdapterReference | undefined;
  /** Whether each virtual connection has its own connection to the service. Default dedicated. */
  readonly connections: 'dedicated' | 'shared';
  /** Undefined leaves it to the adapter. */
  readonly gate: Gate | undefined;
  /** Not checked yet: the adapter does that. An object; empty when the file has none. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** An endpoint as the service interceptor of one replica needs it, its variables filled in. */
export interface ServiceEndpoint extends Endpoint {
  /** Where the service of this replica listens: `host:port`. Undefined for a program. */
  readonly connect: string | undefined;
  /** The command of a program; undefined when the file names none, and for a server. */
  readonly run: string | undefined;
}

/**
 * An endpoint as the client interceptor needs it. The client interceptor is no replica, so variables of replicas in
 * `options` are left as they are written.
 */
export interface ClientEndpoint extends Endpoint {
  /** Where the client interceptor plays the service: `host:port`; port 0 picks a free one. Undefined for a program. */
  readonly listen: string | undefined;
}
