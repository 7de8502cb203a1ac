import type { ClientId, ConnectionNumber } from '@lockstep/contracts';
import type { ClientProcess } from '../processes/client-process.js';

/** What one client interceptor has given to a client of its own. */
export interface DeliveredConnection {
  text: string;
  end: 'end' | 'reset' | undefined;
}

/** One client interceptor, and what was seen of it. */
export class ClientRecord {
  readonly id: ClientId;
  readonly process: ClientProcess;
  readonly delivered = new Map<ConnectionNumber, DeliveredConnection>();
  /** The group has forgotten it. */
  isExpired = false;

  constructor(process: ClientProcess) {
    this.process = process;
    this.id = process.id;
  }
}
