import type { ConnectionNumber, Position } from '@lockstep/contracts';
import type { Command } from './entry.js';
import { type InputProgress, takeData, takeEnd } from './input-progress.js';
import { connectionsOf, type ClientRecord } from './table-records.js';

/** What a command check has to know of its replica. */
export interface CommandCheckOptions {
  readonly endpoints: readonly string[];
  readonly connectionsMax: number;
}

/**
 * Looks at what one attached client interceptor sends before it goes into the order, where a fault would cost the client its
 * session. It compares with what came before in the same attachment, not with the order, which may be behind.
 */
export class CommandCheck {
  readonly #options: CommandCheckOptions;
  readonly #live = new Map<ConnectionNumber, InputProgress>();
  #nextConnection: ConnectionNumber;

  /** @param record the client at its attachment */
  constructor(record: ClientRecord, options: CommandCheckOptions) {
    this.#options = options;
    this.#nextConnection = record.nextConnection;
    for (const { connection, input, inputEnded } of connectionsOf(record)) {
      this.#live.set(connection, { input, inputEnded });
    }
  }

  /** The connection is forgotten: what still comes for it is ignored. */
  closed(connection: ConnectionNumber): void {
    this.#live.delete(connection);
  }

  /** @returns what is wrong with a batch, or undefined. After a fault the check is of no more use. */
  faultIn(commands: readonly Command[]): string | undefined {
    for (const command of commands) {
      const fault = this.#check(command);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #check(command: Command): string | undefined {
    if (command.kind === 'open') return this.#checkOpen(command.connection, command.endpoint);
    if (command.connection >= this.#nextConnection) return 'command for a connection that was never opened';
    const progress = this.#live.get(command.connection);
    if (progress === undefined) return undefined;
    switch (command.kind) {
      case 'data': {
        if (command.length < 1) return 'data of no length';
        const verdict = takeData(progress, command);
        return verdict.kind === 'fault' ? verdict.reason : undefined;
      }
      case 'end': {
        const verdict = takeEnd(progress, command.position);
        return verdict.kind === 'fault' ? verdict.reason : undefined;
      }
      case 'acknowledge':
        // It may be ahead of what this replica has sent, even of what its service has put out: another one sent it.
        return undefined;
      case 'reset':
        this.#live.delete(command.connection);
        return undefined;
    }
  }

  #checkOpen(connection: ConnectionNumber, endpoint: string): string | undefined {
    if (connection < this.#nextConnection) return undefined;
    if (connection > this.#nextConnection) return 'gap in the connection numbers';
    if (!this.#options.endpoints.includes(endpoint)) return `unknown endpoint ${endpoint}`;
    if (this.#live.size >= this.#options.connectionsMax) return 'too many connections';
    this.#nextConnection = (connection + 1) as ConnectionNumber;
    this.#live.set(connection, { input: 0 as Position, inputEnded: false });
    return undefined;
  }
}
