/** What a connection between two programs of Lockstep is for; the dialling side decides, the accepting side is a member. */
export type LinkRole = 'member' | 'transfer' | 'client' | 'observer' | 'probe';

/** The first thing that either side says. */
export interface Hello {
  readonly kind: 'hello';
  /** The version of the wire format. Both sides must have the same. */
  readonly version: number;
  readonly group: string;
  /** Undefined for a role that this version does not know. */
  readonly role: LinkRole | undefined;
  /** The incarnation of a member, the id of a client interceptor, '' for an observer. */
  readonly identity: string;
  /** Digest of the settings that all members share, '' where they do not matter. */
  readonly settings: string;
  /** The process id, for logs. */
  readonly pid: number;
}

/** The sender is content with the other side's hello. A link is up when both sides have said so. */
export interface Welcome {
  readonly kind: 'welcome';
}

/** Why a handshake is refused. `unknown` is a code of a later version. */
export type RefusalCode =
  'version' | 'group' | 'unknown-member' | 'settings' | 'role' | 'self' | 'overloaded' | 'name-taken' | 'unknown';

/** The last thing that is said on a connection that does not become a link. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: RefusalCode;
  /** What is wrong and what to do about it. */
  readonly sentence: string;
}

export type HandshakeMessage = Hello | Welcome | Refusal;
