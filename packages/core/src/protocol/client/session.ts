import type { ConnectionNumber, Milliseconds, Segment } from '@lockstep/contracts';
import { ByteBudget } from '../byte-budget.js';
import type { Attached, OutputSegment, Progress } from '../connections/client-link.js';
import type { Acknowledgement, Command } from '../connections/entry.js';
import { connectionLimits } from '../connections/limits.js';
import { canBeCut, pieceOverheadBytes } from '../connections/piece.js';
import { Gathering } from '../gathering.js';
import { invariant } from '../invariant.js';
import { AcknowledgementSchedule } from './acknowledgement-schedule.js';
import { Batches } from './batches.js';
import { ClientConnection } from './client-connection.js';
import type { ClientConnectionSnapshot } from './client-io.js';
import type { ClientState } from './client-state.js';
import { clientLimits } from './limits.js';

/**
 * What this client interceptor and the group have in common over all attachments: the connections, what of them has still to
 * reach the group, and what has to reach the clients.
 */
export class Session {
  readonly #state: ClientState;
  /** By the driver's number; the group's is smaller by `#base`. */
  readonly #connections = new Map<number, ClientConnection>();
  /** Those with commands to send, in the order of sending: numbers must be opened in sequence. */
  readonly #unsent = new Gathering<ClientConnection>();
  /** What clients have sent since commands were taken last. */
  #gatheredBytes = 0;
  readonly #acknowledgements: AcknowledgementSchedule;
  readonly #budget: ByteBudget;
  #lastId = 0;
  /** The driver's last number before the group began to count from 1. */
  #base = 0;

  constructor(state: ClientState) {
    this.#state = state;
    const { connectionWindowBytes, processCacheBytes } = state.settings;
    this.#acknowledgements = new AcknowledgementSchedule(connectionWindowBytes);
    this.#budget = new ByteBudget(connectionWindowBytes, processCacheBytes, clientLimits.waitingShareBytesMin);
  }

  get size(): number {
    return this.#connections.size;
  }

  get waitingBytes(): number {
    return this.#budget.bytes;
  }

  /** There are commands to send. */
  get hasUnsent(): boolean {
    return this.#unsent.size > 0;
  }

  /**
   * Whether there is so much to send that waiting for more is of no use: a full batch, or as many connections as there are
   * commands under way, so that those who ask in turns make two batches of one size, one of which goes while the other comes.
   */
  hasGathered(commandsUnderWay: number): boolean {
    if (this.#unsent.size >= commandsUnderWay) return true;
    return this.#gatheredBytes >= clientLimits.batchBytesMax || this.#unsent.size >= clientLimits.commandsPerBatchMax;
  }

  /** When acknowledgements are to be sent at the latest. */
  get acknowledgeAt(): Milliseconds | undefined {
    return this.#acknowledgements.dueAt;
  }

  /** Acknowledgements are to be sent now, even alone. */
  get isAcknowledgementDue(): boolean {
    return this.#acknowledgements.isDue(this.#state.now);
  }

  /** By number, for checks. */
  snapshots(): ClientConnectionSnapshot[] {
    return [...this.#connections.values()].map((connection) => connection.snapshot());
  }

  /** @returns the number of the new connection; undefined if there are too many */
  accept(endpoint: string): ConnectionNumber | undefined {
    const { maxConnections } = this.#state.settings;
    if (this.size >= Math.min(maxConnections, connectionLimits.connectionsPerClientMax)) return undefined;
    const id = ++this.#lastId as ConnectionNumber;
    const connection = new ClientConnection(id, (id - this.#base) as ConnectionNumber, endpoint);
    this.#connections.set(id, connection);
    this.#unsent.add(connection.unsent);
    return id;
  }

  segment(id: ConnectionNumber, segment: Segment): void {
    const connection = this.#connections.get(id);
    if (connection === undefined || connection.resetting || segment.length === 0) return;
    if (connection.input.ended) return this.#state.report('warn', 'input-behind-end', { connection: id });
    const bytes = segment.payload.length;
    if (!canBeCut(segment) && bytes > clientLimits.messageBytesMax) {
      const code = 'ERR_LOCKSTEP_INPUT_REFUSED';
      this.#state.report('warn', 'message-too-large', { code, connection: id, bytes });
      return this.#breakOff(connection);
    }
    connection.input.append(segment);
    this.#gatheredBytes += bytes;
    this.#changed(connection);
  }

  end(id: ConnectionNumber): void {
    const connection = this.#connections.get(id);
    if (connection === undefined || connection.resetting || connection.input.ended) return;
    connection.input.end();
    this.#changed(connection);
  }

  /** The client broke its connection. */
  reset(id: ConnectionNumber): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    connection.isGone = true;
    this.#reset(connection);
  }

  /** The client's connection is closed for good. */
  closed(id: ConnectionNumber): void {
    const connection = this.#connections.get(id);
    if (connection === undefined || connection.isGone) return;
    connection.isGone = true;
    const { input, output } = connection;
    if (!input.ended || output.state !== 'ended') return this.#reset(connection);
    output.takeAll();
    this.#acknowledgements.note(connection, this.#state.now);
  }

  taken(id: ConnectionNumber, units: number): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    connection.output.take(units);
    this.#acknowledgements.note(connection, this.#state.now);
  }

  /**
   * What an attachment says: how far output has reached its client, wherever the order does not know it yet. What does not fit
   * is acknowledged later; until then a member may send again what the client has, which is dropped here.
   */
  received(): Acknowledgement[] {
    this.#acknowledgements.take();
    const received: Acknowledgement[] = [];
    for (const connection of this.#connections.values()) {
      const { number, output } = connection;
      output.forgetTold();
      if (!output.hasNews) continue;
      if (received.length < connectionLimits.listedConnectionsMax)
        received.push({ connection: number, ...output.tell() });
      else this.#acknowledgements.note(connection, this.#state.now);
    }
    return received;
  }

  /**
   * A new attachment: everything that the group does not have is to be sent again.
   *
   * @returns what is wrong with the message, if it cannot be true
   */
  resume({ connections, nextConnection }: Attached): string | undefined {
    if (nextConnection + this.#base > this.#lastId + 1) return 'the group has connections that were never opened';
    const states = new Map(connections.map((state) => [state.connection, state]));
    this.#unsent.take();
    for (const connection of [...this.#connections.values()].sort((a, b) => a.id - b.id)) {
      const state = states.get(connection.number);
      states.delete(connection.number);
      if (state === undefined && connection.number < nextConnection) {
        this.#missing(connection);
        continue;
      }
      const fault = state === undefined ? connection.startOver() : connection.resume(state);
      if (fault !== undefined) return fault;
      if (connection.isOver) this.#forget(connection);
      else this.#changed(connection);
    }
    return states.size > 0 ? 'the group has connections that were forgotten' : undefined;
  }

  /**
   * Output has come.
   *
   * @returns what is wrong with it, if it cannot be true
   */
  output(segments: readonly OutputSegment[]): string | undefined {
    for (const segment of segments) {
      const fault = this.#deliver(segment);
      if (fault !== undefined) return `${fault} on connection ${segment.connection}`;
    }
    return undefined;
  }

  /** These commands are in the order for good. */
  settle(commands: readonly Command[]): void {
    for (const command of commands) {
      const connection = this.#byNumber(command.connection);
      if (connection === undefined) continue;
      connection.settle(command);
      if (connection.isOver) this.#forget(connection);
      else this.#account(connection);
    }
  }

  /**
   * The service has taken requests.
   *
   * @returns what is wrong with that, if it cannot be true
   */
  credit(taken: Progress['taken']): string | undefined {
    for (const { connection: number, position } of taken) {
      const connection = this.#byNumber(number);
      if (connection === undefined) continue;
      const fault = connection.input.take(position);
      if (fault !== undefined) return `${fault} on connection ${number}`;
      this.#account(connection);
    }
    return undefined;
  }

  /**
   * What is to be sent now. Acknowledgements wait until they are due, even if there is something else to send: one says what
   * hundreds would have said, and every replica is spared them.
   */
  takeBatches(): readonly (readonly Command[])[] {
    const isAcknowledging = this.isAcknowledgementDue;
    if (this.#unsent.size === 0 && !isAcknowledging) return [];
    const batches = new Batches();
    for (const { number, output } of isAcknowledging ? this.#acknowledgements.take() : []) {
      const { position, ended } = output.tell();
      batches.add({ kind: 'acknowledge', connection: number, position, ended }, pieceOverheadBytes);
    }
    for (const connection of this.#unsent.take()) {
      while (connection.hasUnsent) {
        const costBytes = connection.nextCostBytes;
        const command = connection.takeUnsent();
        invariant(command !== undefined, 'a connection with something to send has a command');
        batches.add(command, costBytes);
      }
    }
    this.#gatheredBytes = 0;
    return batches.toArray();
  }

  /** Breaks every connection whose client has not finished; the group will be told of it. */
  resetAll(): void {
    for (const connection of this.#connections.values()) {
      if (!connection.isGone) this.#breakOff(connection);
    }
  }

  /** The group has forgotten this client interceptor: every connection is over, and numbers begin anew. */
  expired(): void {
    const lost = [...this.#connections.values()].filter(({ resetting, isGone }) => !resetting || !isGone);
    const positions = lost.slice(0, clientLimits.reportedConnectionsMax).map((connection) => {
      const { connection: id, produced, stable, received } = connection.snapshot();
      return `${id}: sent ${produced}, stable ${stable}, received ${received}`;
    });
    const code = 'ERR_LOCKSTEP_CLIENT_EXPIRED';
    this.#state.report('warn', 'expired', { code, connections: lost.length, positions });
    this.resetAll();
    for (const connection of this.#connections.values()) this.#forget(connection);
    this.#base = this.#lastId;
  }

  #byNumber(number: ConnectionNumber): ClientConnection | undefined {
    return this.#connections.get(number + this.#base);
  }

  #deliver(segment: OutputSegment): string | undefined {
    const connection = this.#byNumber(segment.connection);
    if (connection === undefined) {
      return segment.connection + this.#base > this.#lastId ? 'output that nobody asked for' : undefined;
    }
    if (connection.resetting) return undefined;
    const verdict = connection.output.accept(segment);
    const { id } = connection;
    switch (verdict.kind) {
      case 'fault':
        return verdict.reason;
      case 'duplicate':
        return undefined;
      case 'data':
        this.#state.emit({ kind: 'deliver', connection: id, segment: verdict.segment });
        return undefined;
      case 'end':
        this.#state.emit({ kind: 'deliver-end', connection: id });
        this.#acknowledgements.note(connection, this.#state.now);
        return undefined;
      case 'reset':
        this.#breakOff(connection);
        return undefined;
    }
  }

  /** The group says that the connection is over. */
  #missing(connection: ClientConnection): void {
    if (!connection.mayBeForgotten) {
      this.#state.report('warn', 'connection-lost', { connection: connection.id });
      this.#breakOff(connection);
    }
    this.#forget(connection);
  }

  /** Breaks the connection towards its client and towards the group. */
  #breakOff(connection: ClientConnection): void {
    if (!connection.isGone) this.#state.emit({ kind: 'deliver-reset', connection: connection.id });
    connection.isGone = true;
    this.#reset(connection);
  }

  #reset(connection: ClientConnection): void {
    if (connection.resetting) return;
    connection.reset();
    this.#acknowledgements.forget(connection);
    this.#changed(connection);
  }

  #forget(connection: ClientConnection): void {
    this.#connections.delete(connection.id);
    this.#unsent.delete(connection.unsent);
    this.#acknowledgements.forget(connection);
    this.#budget.change(connection.accountedBytes, 0);
  }

  #changed(connection: ClientConnection): void {
    if (connection.hasUnsent) this.#unsent.add(connection.unsent);
    this.#account(connection);
  }

  /** Lets the client wait when too much of its connection waits, and go on when little does. */
  #account(connection: ClientConnection): void {
    const { waitingBytes } = connection.input;
    this.#budget.change(connection.accountedBytes, waitingBytes);
    connection.accountedBytes = waitingBytes;
    if (connection.isGone) return;
    const { windowBytes } = this.#budget;
    if (!connection.paused && waitingBytes > windowBytes) {
      connection.paused = true;
      this.#state.emit({ kind: 'pause', connection: connection.id });
    } else if (connection.paused && waitingBytes <= windowBytes / 2) {
      connection.paused = false;
      this.#state.emit({ kind: 'resume', connection: connection.id });
    }
  }
}
