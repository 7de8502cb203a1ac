import { Slot } from '../gathering.js';
import { CachedOutput } from './cached-output.js';
import { InputCredit } from './input-credit.js';
import type { ConnectionRecord } from './table-records.js';

/** The local side of one live connection: what depends on this replica's own service and on what it has sent. */
export class ReplicaConnection {
  readonly record: ConnectionRecord;
  readonly output: CachedOutput;
  readonly credit = new InputCredit();
  readonly sendable = new Slot(this);
  readonly credited = new Slot(this);
  /** The order has ended it. */
  isClosed = false;
  /** The service's output is not read at present. */
  paused = false;

  constructor(record: ConnectionRecord) {
    this.record = record;
    this.output = new CachedOutput(record.connection);
  }
}
