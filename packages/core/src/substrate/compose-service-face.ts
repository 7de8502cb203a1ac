import type { Dialect, Gate, Logger, ServiceFace } from '@lockstep/contracts';
import { DialectServiceFace } from './dialect-service-face.js';
import { SharedServiceFace } from './shared-service-face.js';

/** How an endpoint with a dialect meets its service. */
export interface DialectEndpoint {
  readonly dialect: Dialect;
  readonly gate: Gate;
  readonly connections: 'dedicated' | 'shared';
  /** What the channel adapter beneath the dialect is for. */
  readonly serviceForm: 'server' | 'program';
}

/** The gate that the channel adapter beneath the dialect is to be made with. */
export function channelGate({ dialect, gate, connections }: Omit<DialectEndpoint, 'serviceForm'>): Gate {
  if (connections === 'shared') return 'none';
  if (gate !== 'reply') return gate;
  return dialect.oneWayRequests ? 'consumed' : 'none';
}

/**
 * Puts a dialect on a channel adapter's service face.
 *
 * @param face made with the gate that `channelGate` says
 */
export function composeServiceFace(face: ServiceFace, endpoint: DialectEndpoint, logger: Logger): ServiceFace {
  if (endpoint.connections === 'shared') {
    return new SharedServiceFace(face, endpoint.dialect, endpoint.serviceForm, logger);
  }
  return endpoint.gate === 'reply' ? new DialectServiceFace(face, endpoint.dialect) : face;
}
