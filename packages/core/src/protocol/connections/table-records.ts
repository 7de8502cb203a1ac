import type { ClientId, ConnectionNumber, Epoch, IncarnationId, OrderNumber, Position } from '@lockstep/contracts';
import type { InputProgress } from './input-progress.js';
import type { ConnectionKey } from './replica-io.js';

/** A client interceptor in the replicated table. */
export interface ClientRecord {
  readonly client: ClientId;
  /** Of the last attachment. */
  epoch: Epoch;
  /** Who holds, or held, the last attachment. */
  member: IncarnationId;
  /** The member has said that it lost the link. */
  detached: boolean;
  /** The number that the next `open` must carry. */
  nextConnection: ConnectionNumber;
  readonly connections: Map<ConnectionNumber, ConnectionRecord>;
}

/** A live connection in the replicated table. */
export interface ConnectionRecord extends InputProgress {
  readonly key: ConnectionKey;
  readonly client: ClientId;
  readonly connection: ConnectionNumber;
  readonly endpoint: string;
  /** Output before this has reached the client, by an ordered acknowledgement. */
  acknowledged: Position;
  /** The end of the output is among it. */
  endAcknowledged: boolean;
}

export function connectionKey(client: ClientId, connection: ConnectionNumber, opened: OrderNumber): ConnectionKey {
  return `${client}:${connection}@${opened}` as ConnectionKey;
}

/** The client's live connections by number. */
export function connectionsOf(client: ClientRecord): ConnectionRecord[] {
  return [...client.connections.values()].sort((a, b) => a.connection - b.connection);
}
