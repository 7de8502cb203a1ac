import { invariant } from '../invariant.js';
import { limits } from '../limits.js';

/** Every bound of a client engine that is not configured, in one place. */
export const clientLimits = {
  /** Where a batch of commands is cut, in bytes with overheads. Byte streams are cut to fit; a larger message goes alone. */
  batchBytesMax: 16 * 1024,
  commandsPerBatchMax: 512,
  /** While nothing has come back since the last batch, commands gather for at most this long, unless they fill a batch. */
  gatherMs: 1,
  /** Largest message that cannot be cut; a client that sends a larger one is refused. */
  messageBytesMax: limits.entryBytesMax - 4 * 1024,
  /** Acknowledgements are sent when more than this is unacknowledged on a connection, */
  unacknowledgedBytesMax: 128 * 1024,
  /** or when one has waited for this long. */
  acknowledgeAfterMs: 100,
  /** Delay after a first, fruitless round through all members; it doubles with each round, */
  roundDelayMinMs: 10,
  /** up to this. */
  roundDelayMaxMs: 250,
  /** What each connection may keep waiting however many there are, when the process's share is used up. */
  waitingShareBytesMin: 16 * 1024,
  /** Connections named in the report of an expiry. */
  reportedConnectionsMax: 100,
} as const;

invariant(clientLimits.batchBytesMax <= clientLimits.messageBytesMax, 'what can be cut fits where a message fits');
