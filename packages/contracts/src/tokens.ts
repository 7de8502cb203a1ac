import type { Dialect } from './dialect.js';
import type { ClientFace, ServiceFace } from './faces.js';
import type { GroupEngine } from './group-engine.js';

/** A service identifier that carries the type of what is bound to it. */
export type Token<Bound> = symbol & { readonly bound?: Bound };

/** What adapters and engines bind. `Symbol.for`, so that two copies of this package mean the same thing. */
export const tokens = {
  ClientFace: Symbol.for('@lockstep/contracts/ClientFace') as Token<ClientFace>,
  ServiceFace: Symbol.for('@lockstep/contracts/ServiceFace') as Token<ServiceFace>,
  Dialect: Symbol.for('@lockstep/contracts/Dialect') as Token<Dialect>,
  GroupEngine: Symbol.for('@lockstep/contracts/GroupEngine') as Token<GroupEngine>,
} as const;
