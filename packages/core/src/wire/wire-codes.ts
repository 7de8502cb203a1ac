import type { ClientToMember, MemberToClient, OutputSegment } from '../protocol/connections/client-link.js';
import type { Command, Entry } from '../protocol/connections/entry.js';
import type { PeerMessage } from '../protocol/messages.js';

/**
 * The wire codes: the field numbers of the `oneof`s in lockstep.proto, and the values of its enumerations of commands and
 * segments, by the kinds of our own messages.
 */

export const handshakeCodes = { hello: 1, welcome: 2, refusal: 3 } as const;

export const peerCodes = {
  status: 1,
  submit: 2,
  order: 3,
  receipt: 4,
  suspicion: 5,
  join: 6,
  ready: 7,
  leave: 8,
  prepare: 9,
  'prepare-refused': 10,
  promise: 11,
  entries: 12,
  accept: 13,
  accepted: 14,
  install: 15,
  excluded: 16,
  fetch: 17,
  genesis: 18,
  'genesis-answer': 19,
} as const satisfies Record<PeerMessage['kind'], number>;

export const entryCodes = {
  attach: 1,
  commands: 2,
  detach: 3,
  expire: 4,
} as const satisfies Record<Entry['kind'], number>;

export const clientCodes = {
  attach: 1,
  commands: 2,
  heartbeat: 3,
} as const satisfies Record<ClientToMember['kind'], number>;

export const memberCodes = {
  attached: 1,
  output: 2,
  progress: 3,
  view: 4,
  refused: 5,
  expired: 6,
  heartbeat: 7,
  states: 8,
} as const satisfies Record<MemberToClient['kind'], number>;

export const observerCodes = { status: 1 } as const;

/** `CommandKind` */
export const commandCodes = {
  open: 1,
  data: 2,
  end: 3,
  reset: 4,
  acknowledge: 5,
} as const satisfies Record<Command['kind'], number>;

/** `SegmentKind` */
export const segmentCodes = {
  data: 1,
  end: 2,
  reset: 3,
} as const satisfies Record<OutputSegment['kind'], number>;
