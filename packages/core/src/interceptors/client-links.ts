import type { ClientId } from '@lockstep/contracts';
import type { ClientToMember, MemberToClient } from '../protocol/connections/client-link.js';

/** What a member's links to client interceptors tell. */
export interface ClientLinksHandler {
  onClientUp(client: ClientId): void;
  onClientDown(client: ClientId): void;
  /** Everything that one read brought in. */
  onClientMessages(client: ClientId, messages: readonly ClientToMember[]): void;
  /** Too many bytes wait to be sent to this client interceptor, or few again. */
  onClientWritable(client: ClientId, writable: boolean): void;
}

/** A member's links to the client interceptors, as the service interceptor uses them. */
export interface ClientLinks {
  bind(handler: ClientLinksHandler): void;
  send(client: ClientId, messages: readonly MemberToClient[]): void;
  /** Closes the link, after everything sent so far. */
  close(client: ClientId): void;
  /** Stops (true) or goes on reading from all of them. */
  hold(hold: boolean): void;
}
