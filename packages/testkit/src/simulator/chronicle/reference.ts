import type { Acknowledgement, Command, Entry } from '@lockstep/core/protocol';
import { ModelMachine, type ModelOutput } from '../service/model-machine.js';
import type { GroupRecord } from './group-record.js';
import { Violation } from './violation.js';

const decoder = new TextDecoder();

/** One virtual connection as it must be. */
export interface ReferenceConnection {
  readonly key: string;
  readonly client: string;
  readonly number: number;
  input: number;
  inputEnded: boolean;
  acknowledged: number;
  endAcknowledged: boolean;
  isLive: boolean;
  /** Everything that the service has put out on it. */
  output: string;
  /** How the service has ended it, at position `output.length`. */
  outputEnd: 'end' | 'reset' | undefined;
}

interface ReferenceClient {
  epoch: number;
  nextConnection: number;
  readonly connections: Map<number, ReferenceConnection>;
}

/** Who is told what happens as the reference goes on. */
export interface ReferenceWatcher {
  onAcknowledged(connection: ReferenceConnection, before: number, how: 'alone' | 'attach'): void;
  onExpired(client: string): void;
}

/**
 * What must come out: a naive connection table and one undisturbed service, written anew from PROTOCOL.md, section 8, and
 * fed with what the group has agreed on for good. Everything that replicas do and clients receive is compared with it.
 */
export class Reference {
  readonly machine = new ModelMachine();
  readonly clients = new Map<string, ReferenceClient>();
  /** By key; also those that are over. */
  readonly connections = new Map<string, ReferenceConnection>();
  /** What the service is to be given at each order number, as text. */
  readonly operations: string[] = [''];
  readonly #group: GroupRecord;
  readonly #watcher: ReferenceWatcher;
  /** The last epochs of clients that were forgotten. */
  readonly #forgotten = new Map<string, number>();
  readonly #byNumber = new Map<string, ReferenceConnection>();
  #given: string[] = [];
  #applied = 0;

  constructor(group: GroupRecord, watcher: ReferenceWatcher) {
    this.#group = group;
    this.#watcher = watcher;
  }

  get applied(): number {
    return this.#applied;
  }

  /** Goes on as far as the group has agreed for good. */
  advance(): void {
    for (
      let slot = this.#group.settled(this.#applied + 1);
      slot !== undefined;
      slot = this.#group.settled(this.#applied + 1)
    ) {
      this.#applied++;
      this.#given = [];
      if (slot.entry !== undefined) this.#apply(slot.entry);
      this.operations[this.#applied] = this.#given.join('; ');
    }
  }

  /** The last connection that this number of a client interceptor's meant, live or over. */
  lastConnection(client: string, number: number): ReferenceConnection | undefined {
    return this.#byNumber.get(`${client}:${number}`);
  }

  #apply(entry: Entry): void {
    const known = this.clients.get(entry.client);
    switch (entry.kind) {
      case 'attach': {
        if (entry.epoch <= (known?.epoch ?? this.#forgotten.get(entry.client) ?? 0)) return;
        if (known === undefined && entry.established) return;
        const client = known ?? { epoch: 0, nextConnection: 1, connections: new Map<number, ReferenceConnection>() };
        client.epoch = entry.epoch;
        this.clients.set(entry.client, client);
        for (const acknowledgement of entry.received) this.#acknowledge(client, acknowledgement, 'attach');
        return;
      }
      case 'commands':
        if (known?.epoch !== entry.epoch) return;
        for (const command of entry.commands) this.#command(entry.client, known, command);
        return;
      case 'expire':
        if (known?.epoch !== entry.epoch) return;
        for (const number of [...known.connections.keys()].sort((one, other) => one - other))
          this.#close(known, number, 'reset');
        this.clients.delete(entry.client);
        this.#forgotten.set(entry.client, entry.epoch);
        this.#watcher.onExpired(entry.client);
        return;
      case 'detach':
      // Begins the time of grace; nothing that is modelled here.
    }
  }

  #command(id: string, client: ReferenceClient, command: Command): void {
    const connection = client.connections.get(command.connection);
    switch (command.kind) {
      case 'open':
        if (command.connection > client.nextConnection) throw this.#fault(id, 'opens a connection out of turn');
        if (command.connection === client.nextConnection) this.#open(id, client, command.endpoint);
        return;
      case 'data':
        if (connection !== undefined) this.#data(connection, command.position, command.payload);
        return;
      case 'end':
        if (connection !== undefined) this.#end(client, connection, command.position);
        return;
      case 'reset':
        if (connection !== undefined) this.#close(client, command.connection, 'reset');
        return;
      case 'acknowledge':
        return this.#acknowledge(client, command, 'alone');
    }
  }

  #open(id: string, client: ReferenceClient, endpoint: string): void {
    const number = client.nextConnection++;
    const key = `${id}:${number}@${this.#applied}`;
    const connection: ReferenceConnection = {
      ...{ key, client: id, number, input: 0, inputEnded: false, acknowledged: 0, endAcknowledged: false },
      ...{ isLive: true, output: '', outputEnd: undefined },
    };
    client.connections.set(number, connection);
    this.connections.set(key, connection);
    this.#byNumber.set(`${id}:${number}`, connection);
    this.machine.open(key);
    this.#given.push(`open ${key} ${endpoint}`);
  }

  #data(connection: ReferenceConnection, position: number, payload: Uint8Array): void {
    const skip = connection.input - position;
    if (skip >= payload.byteLength) return;
    if (skip < 0 || connection.inputEnded)
      throw this.#fault(connection.key, `sends at ${position} when ${connection.input} is due`);
    const rest = payload.subarray(skip);
    connection.input += rest.byteLength;
    this.#given.push(`data ${connection.key} ${decoder.decode(rest)}`);
    this.#put(this.machine.data(connection.key, rest));
  }

  #end(client: ReferenceClient, connection: ReferenceConnection, position: number): void {
    if (connection.inputEnded) return;
    if (position !== connection.input)
      throw this.#fault(connection.key, `ends at ${position} when ${connection.input} is due`);
    connection.input++;
    connection.inputEnded = true;
    this.#given.push(`end ${connection.key}`);
    this.#put(this.machine.end(connection.key));
    this.#releaseIfOver(client, connection);
  }

  #acknowledge(
    client: ReferenceClient,
    { connection: number, position, ended }: Acknowledgement,
    how: 'alone' | 'attach',
  ): void {
    const connection = client.connections.get(number);
    if (connection === undefined || connection.endAcknowledged || position <= connection.acknowledged) return;
    const before = connection.acknowledged;
    connection.acknowledged = position;
    connection.endAcknowledged = ended;
    this.#watcher.onAcknowledged(connection, before, how);
    this.#releaseIfOver(client, connection);
  }

  #releaseIfOver(client: ReferenceClient, connection: ReferenceConnection): void {
    if (connection.inputEnded && connection.endAcknowledged) this.#close(client, connection.number, 'release');
  }

  #close(client: ReferenceClient, number: number, how: 'reset' | 'release'): void {
    const connection = client.connections.get(number)!;
    connection.isLive = false;
    client.connections.delete(number);
    this.#given.push(`${how} ${connection.key}`);
    if (how === 'reset') this.machine.reset(connection.key);
  }

  #put(outputs: readonly ModelOutput[]): void {
    for (const output of outputs) {
      const connection = this.connections.get(output.connection)!;
      if (output.kind === 'data') connection.output += decoder.decode(output.bytes);
      else connection.outputEnd = output.kind;
    }
  }

  #fault(who: string, what: string): Violation {
    return new Violation('G5', `by the order, ${who} ${what} (entry ${this.#applied})`);
  }
}
