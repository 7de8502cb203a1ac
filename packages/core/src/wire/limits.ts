import { clientLimits } from '../protocol/client/limits.js';
import { connectionLimits } from '../protocol/connections/limits.js';
import { invariant } from '../protocol/invariant.js';
import { limits } from '../protocol/limits.js';

/** Every bound of what travels on a link, in one place. */
export const wireLimits = {
  /** Largest frame, its length field not counted. */
  frameBytesMax: 1024 * 1024,
  /** Largest frame before the handshake is done: who has not said who he is gets no memory. */
  handshakeFrameBytesMax: 4 * 1024,
  /** Largest protobuf header of a frame or an entry; bounds the number of objects that decoding makes. */
  headerBytesMax: 256 * 1024,
  /**
   * A message with more payload than this is cut into several frames: what is behind a frame waits for it, and it is passed on
   * only when it is whole, which on a slow link takes as long as to send it.
   */
  cutPayloadBytes: 16 * 1024,
  /** Fewer bytes of a stream than these wait for the rest of their frame: each part has a header on its further way. */
  partBytesMin: 4 * 1024,
  /** Entries in one frame. */
  entriesPerFrameMax: 4096,
  /** Runs, that is, changes of the sender, in one frame. */
  runsPerFrameMax: 256,
  /** Output segments in one frame. */
  segmentsPerFrameMax: 4096,
  /** A body of at most this many bytes is copied behind its header: one small buffer costs the kernel less than two. */
  joinBodyBytesMax: 4 * 1024,
  /** Members and learners in one list; a view has far fewer. */
  listedMembersMax: 32,
  /** Connections in one list of acknowledgements or positions. */
  listedConnectionsMax: connectionLimits.listedConnectionsMax,
  /** Commands in one batch of a client interceptor. */
  commandsPerEntryMax: 8192,
  /** Characters of an incarnation, a client id or the name of a group or endpoint. */
  identityLengthMax: 128,
  /** Characters of a reason that is written for people. */
  sentenceLengthMax: 1024,
} as const;

/** Bytes that a varint of 53 bits with its tag takes. */
const integerBytes = 9;
/** Bytes of a connection with its position, in a list. */
const takenBytes = 2 * integerBytes + 3;
/** Bytes of a string field in UTF-8, where one character takes at most three. */
const identityBytes = 3 * wireLimits.identityLengthMax + 3;

invariant(
  wireLimits.cutPayloadBytes + limits.entryBytesMax + wireLimits.headerBytesMax < wireLimits.frameBytesMax,
  'a cut that ends with the largest entry fits into a frame',
);
invariant(
  wireLimits.runsPerFrameMax * (identityBytes + 2 * integerBytes) + 5 * wireLimits.entriesPerFrameMax <
    wireLimits.headerBytesMax,
  'the header of a cut fits',
);
invariant(
  wireLimits.segmentsPerFrameMax * 4 * integerBytes + connectionLimits.ridingTakenMax * takenBytes <
    wireLimits.headerBytesMax,
  'the header of a frame of output segments fits',
);
invariant(
  wireLimits.listedConnectionsMax * (3 * integerBytes + 3) < wireLimits.headerBytesMax,
  'a list of the states of connections fits into a header',
);
invariant(
  connectionLimits.outputMessageBytesMax + wireLimits.headerBytesMax < wireLimits.frameBytesMax,
  'a frame of output fits',
);
invariant(clientLimits.commandsPerBatchMax <= wireLimits.commandsPerEntryMax, 'a batch of commands is accepted');
invariant(limits.membersMax <= wireLimits.listedMembersMax, 'a view is accepted');
invariant(wireLimits.headerBytesMax <= limits.entryBytesMax, 'an entry may consist of its header alone');
invariant(3 * identityBytes + 4 * integerBytes < wireLimits.handshakeFrameBytesMax, 'a hello fits into its frame');
invariant(3 * wireLimits.sentenceLengthMax + 64 < wireLimits.handshakeFrameBytesMax, 'a refusal fits into its frame');
