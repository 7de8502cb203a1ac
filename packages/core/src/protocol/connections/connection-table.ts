import type { ClientId, ConnectionNumber, Epoch, OrderNumber, Position } from '@lockstep/contracts';
import { InvariantBroken } from '../invariant.js';
import type { Acknowledgement, AttachEntry, Command, CommandsEntry } from './entry.js';
import { ForgottenClients } from './forgotten-clients.js';
import { type InputVerdict, takeData, takeEnd } from './input-progress.js';
import type { OrderedEntry, ServiceOperation } from './replica-io.js';
import type { Attachee, TableChange, TableEvent } from './table-change.js';
import { type ClientRecord, connectionKey, type ConnectionRecord, connectionsOf } from './table-records.js';

/**
 * The replicated connection table: a function of the order alone. Views do not enter into it, so that a joiner that replays
 * the order without them arrives at the same table.
 */
export class ConnectionTable {
  readonly #clients = new Map<ClientId, ClientRecord>();
  readonly #forgotten = new ForgottenClients();
  #applied = 0 as OrderNumber;
  #operations: ServiceOperation[] = [];
  #events: TableEvent[] = [];

  /** The last entry that was applied. */
  get applied(): OrderNumber {
    return this.#applied;
  }

  client(client: ClientId): ClientRecord | undefined {
    return this.#clients.get(client);
  }

  /** The client interceptors that are known, by id. */
  clients(): ClientRecord[] {
    return [...this.#clients.values()].sort((a, b) => (a.client < b.client ? -1 : 1));
  }

  /** Everything that replicas agree on at this order number, as text: equal texts are equal tables. */
  digest(): string {
    const clients = this.clients().map((record) => [
      ...[record.client, record.epoch, record.member, record.detached, record.nextConnection],
      connectionsOf(record).map((live) => [
        ...[live.key, live.endpoint, live.input, live.inputEnded, live.acknowledged, live.endAcknowledged],
      ]),
    ]);
    return JSON.stringify([clients, this.#forgotten.entries()]);
  }

  /** Applies the next entry of the order. */
  apply({ order, entry }: OrderedEntry): TableChange {
    if (order !== this.#applied + 1) throw new InvariantBroken(`entry ${order} follows entry ${this.#applied}`);
    this.#applied = order;
    this.#operations = [];
    this.#events = [];
    switch (entry?.kind) {
      case 'attach':
        this.#attach(entry);
        break;
      case 'commands':
        this.#commands(entry);
        break;
      case 'detach': {
        const record = this.#current(entry.client, entry.epoch);
        if (record === undefined) break;
        record.detached = true;
        this.#events.push({ kind: 'detached', record });
        break;
      }
      case 'expire': {
        // Whoever submitted it saw the client detached in this epoch, and only a larger epoch attaches it again.
        const record = this.#current(entry.client, entry.epoch);
        if (record !== undefined) this.#expire(record, undefined);
        break;
      }
      case undefined:
        this.#events.push({ kind: 'ignored', reason: 'malformed entry' });
    }
    return { operations: this.#operations, events: this.#events };
  }

  /** The client if it is known and this is its present epoch. */
  #current(client: ClientId, epoch: Epoch): ClientRecord | undefined {
    const record = this.#clients.get(client);
    if (record?.epoch === epoch) return record;
    this.#events.push({ kind: 'ignored', reason: record === undefined ? 'unknown client' : 'old epoch' });
    return undefined;
  }

  #attach(entry: AttachEntry): void {
    const { client, epoch, member } = entry;
    const attachee = { client, epoch, member };
    const known = this.#clients.get(client);
    if (epoch <= (known?.epoch ?? this.#forgotten.epochOf(client))) {
      this.#events.push({ kind: 'not-attached', attachee, reason: 'superseded' });
      return;
    }
    if (known === undefined && entry.established) {
      this.#events.push({ kind: 'not-attached', attachee, reason: 'expired' });
      return;
    }
    const previous = known === undefined ? undefined : attacheeOf(known);
    const record = known ?? this.#create(attachee);
    record.epoch = epoch;
    record.member = member;
    record.detached = false;
    for (const acknowledgement of entry.received) this.#acknowledge(record, acknowledgement);
    this.#events.push({ kind: 'attached', record, previous });
  }

  #create(attachee: Attachee): ClientRecord {
    const record: ClientRecord = {
      ...attachee,
      detached: false,
      nextConnection: 1 as ConnectionNumber,
      connections: new Map(),
    };
    this.#clients.set(attachee.client, record);
    this.#forgotten.remove(attachee.client);
    return record;
  }

  #commands(entry: CommandsEntry): void {
    const record = this.#current(entry.client, entry.epoch);
    if (record === undefined) return;
    this.#events.push({ kind: 'batch', record });
    for (const command of entry.commands) {
      const fault = this.#command(record, command);
      if (fault === undefined) continue;
      this.#expire(record, fault);
      return;
    }
  }

  /** @returns what is wrong with the client, if the command cannot come from a sound one */
  #command(record: ClientRecord, command: Command): string | undefined {
    if (command.kind === 'open') return this.#open(record, command.connection, command.endpoint);
    if (command.connection >= record.nextConnection) return 'command for a connection that was never opened';
    const connection = record.connections.get(command.connection);
    // It may have ended, or been reset, while the command was on its way.
    if (connection === undefined) return undefined;
    switch (command.kind) {
      case 'data':
        return this.#input(record, connection, takeData(connection, command));
      case 'end':
        return this.#input(record, connection, takeEnd(connection, command.position));
      case 'acknowledge':
        this.#acknowledge(record, command);
        return undefined;
      case 'reset':
        this.#close(record, connection, 'reset');
        return undefined;
    }
  }

  #open(record: ClientRecord, number: ConnectionNumber, endpoint: string): string | undefined {
    if (number < record.nextConnection) return undefined;
    if (number > record.nextConnection) return 'gap in the connection numbers';
    record.nextConnection = (number + 1) as ConnectionNumber;
    const connection: ConnectionRecord = {
      key: connectionKey(record.client, number, this.#applied),
      client: record.client,
      connection: number,
      endpoint,
      input: 0 as Position,
      inputEnded: false,
      acknowledged: 0 as Position,
      endAcknowledged: false,
    };
    record.connections.set(number, connection);
    this.#operations.push({ kind: 'open', connection: connection.key, endpoint });
    this.#events.push({ kind: 'opened', connection });
    return undefined;
  }

  #input(record: ClientRecord, connection: ConnectionRecord, verdict: InputVerdict): string | undefined {
    if (verdict.kind === 'fault') return verdict.reason;
    if (verdict.kind === 'duplicate') return undefined;
    const { key } = connection;
    const { segment } = verdict;
    if (segment === undefined) {
      this.#operations.push({ kind: 'end', connection: key });
      this.#releaseIfOver(record, connection);
    } else {
      this.#operations.push({ kind: 'data', connection: key, segment });
      this.#events.push({ kind: 'given', connection, segment });
    }
    return undefined;
  }

  /** May run ahead of what this replica's service has put out: another replica has sent it. */
  #acknowledge(record: ClientRecord, { connection: number, position, ended }: Acknowledgement): void {
    const connection = record.connections.get(number);
    if (connection === undefined || connection.endAcknowledged || position <= connection.acknowledged) return;
    connection.acknowledged = position;
    connection.endAcknowledged = ended;
    this.#events.push({ kind: 'acknowledged', connection });
    this.#releaseIfOver(record, connection);
  }

  #releaseIfOver(record: ClientRecord, connection: ConnectionRecord): void {
    if (connection.inputEnded && connection.endAcknowledged) this.#close(record, connection, 'release');
  }

  #close(record: ClientRecord, connection: ConnectionRecord, how: 'reset' | 'release'): void {
    record.connections.delete(connection.connection);
    this.#operations.push({ kind: how, connection: connection.key });
    this.#events.push({ kind: 'closed', connection });
  }

  #expire(record: ClientRecord, fault: string | undefined): void {
    for (const connection of connectionsOf(record)) this.#close(record, connection, 'reset');
    this.#clients.delete(record.client);
    this.#forgotten.add(record.client, record.epoch);
    this.#events.push({ kind: 'expired', attachee: attacheeOf(record), fault });
  }
}

function attacheeOf({ client, epoch, member }: ClientRecord): Attachee {
  return { client, epoch, member };
}
