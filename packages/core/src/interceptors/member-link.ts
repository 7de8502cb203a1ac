import type { MemberName } from '@lockstep/contracts';
import type { ClientToMember, MemberToClient } from '../protocol/connections/client-link.js';

/** What the client interceptor's links to members tell. */
export interface MemberLinkHandler {
  onMemberUp(member: MemberName): void;
  /** The link broke, or could not be made. */
  onMemberDown(member: MemberName): void;
  onMemberMessages(member: MemberName, messages: readonly MemberToClient[]): void;
  onMemberWritable(member: MemberName, writable: boolean): void;
}

/** The client interceptor's links to members; it uses one at a time. */
export interface MemberLinksOfClient {
  bind(handler: MemberLinkHandler): void;
  connect(member: MemberName): void;
  disconnect(member: MemberName): void;
  send(member: MemberName, message: ClientToMember): void;
  stop(): Promise<void>;
}
