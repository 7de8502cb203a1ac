import type { ClientId, ConnectionNumber, MemberName, Milliseconds } from '@lockstep/contracts';
import {
  ClientEngine,
  type ClientEffect,
  type ClientInput,
  type ClientToMember,
  type MemberToClient,
} from '@lockstep/core/protocol';
import type { Random } from '../base/random.js';
import { describeClientEffect, describeClientInput } from '../describe/describe-client.js';
import { LocalSocket } from '../clients/local-socket.js';
import { cutCommands } from '../network/cut-commands.js';
import type { LinkEnd } from '../network/link.js';
import type { World } from '../worlds/world.js';
import { SimulatedProcess } from './process.js';

type MemberEnd = LinkEnd<ClientToMember, MemberToClient>;

const handshakeMs = { low: 0.2, high: 2 };

/** A client interceptor: drives the client engine, the sockets of the clients on its host, and one link to a member. */
export class ClientProcess extends SimulatedProcess {
  readonly id: ClientId;
  readonly engine: ClientEngine;
  readonly #sockets = new Map<ConnectionNumber, LocalSocket>();
  /** Accepted, and not numbered by the engine yet. */
  readonly #accepted: LocalSocket[] = [];
  readonly #links = new Map<MemberName, MemberEnd>();
  /** What is to be told before anything is read. */
  readonly #notices: ClientInput[] = [];
  readonly #inputs: ClientInput[] = [];
  readonly #paused = new Set<ConnectionNumber>();
  readonly #takenTold = new Map<ConnectionNumber, number>();
  readonly #cuts: Random;
  #numbered: ConnectionNumber | undefined;
  #isStepping = false;
  /** Counts dials, so that one that was called off comes to nothing. */
  #dial = 0;

  constructor(id: ClientId, host: string, world: World) {
    super(host, world);
    this.id = id;
    this.engine = new ClientEngine(id, world.plan.client);
    this.#cuts = world.random.fork(`cuts ${id}`);
  }

  start(): void {
    this.post(() => this.give({ kind: 'start' }));
  }

  /** A client on this host connects. */
  accept(): LocalSocket {
    const socket = new LocalSocket(this.world.scheduler, this.world.random, () => this.wake());
    this.#accepted.push(socket);
    this.wake();
    return socket;
  }

  /** The connection's socket, while it is open. */
  socketOf(connection: ConnectionNumber): LocalSocket | undefined {
    return this.#sockets.get(connection);
  }

  /** Steps the engine; while a step's effects are carried out, inputs wait for their turn. */
  give(input: ClientInput): void {
    this.#inputs.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined && this.isAlive; next = this.#inputs.shift())
        this.#step(next);
    } finally {
      this.#isStepping = false;
    }
  }

  protected override takeTurn(): void {
    for (const notice of this.#notices.splice(0)) this.give(notice);
    while (this.#accepted.length > 0 && this.isAlive) {
      this.#number(this.#accepted[0]!);
      this.#accepted.shift();
    }
    const sources: (() => void)[] = [];
    for (const [member, end] of this.#links) {
      if (end.arrivals.length > 0) sources.push(() => this.#readLink(member, end));
      if (end.awaitsRoom && end.backlogBytes < this.world.plan.linkBytesMax / 2) {
        sources.push(() => this.#noteWritable(member, end, true));
      }
    }
    for (const [connection, socket] of this.#sockets) {
      sources.push(() => this.#readSocket(connection, socket));
    }
    const deadline = this.engine.nextDeadline();
    if (deadline !== undefined && deadline <= this.world.scheduler.now) sources.push(() => this.give({ kind: 'tick' }));
    for (const source of this.world.random.shuffled(sources)) if (this.isAlive) source();
    if (this.isAlive) this.give({ kind: 'flush' });
    if (this.isAlive && (this.#notices.length > 0 || [...this.#links.values()].some((end) => end.arrivals.length > 0)))
      this.wake();
  }

  protected override nextDeadline(): Milliseconds | undefined {
    return this.engine.nextDeadline();
  }

  protected override died(): void {
    for (const end of this.#links.values()) this.world.severed(end as never);
    for (const socket of [...this.#sockets.values(), ...this.#accepted]) socket.break();
  }

  #number(socket: LocalSocket): void {
    this.#numbered = undefined;
    this.give({ kind: 'accept', token: 1, endpoint: this.world.plan.replica.endpoints[0]! });
    const connection = this.#numbered as ConnectionNumber | undefined;
    if (connection === undefined) socket.break();
    else this.#sockets.set(connection, socket);
  }

  #readLink(member: MemberName, end: MemberEnd): void {
    const { random } = this.world;
    const count = random.chance(0.1) ? random.integer(1, end.arrivals.length) : end.arrivals.length;
    let messages: MemberToClient[] = [];
    const deliver = (): void => {
      if (messages.length > 0) this.give({ kind: 'receive', member, messages });
      messages = [];
    };
    for (const arrival of end.read(count)) {
      if (this.#links.get(member) !== end) return;
      if (arrival.kind === 'message') {
        messages.push(arrival.message);
        continue;
      }
      deliver();
      if (this.#links.get(member) !== end) return;
      if (arrival.kind === 'down') this.#links.delete(member);
      this.give({ kind: arrival.kind === 'up' ? 'link-up' : 'link-down', member });
    }
    if (this.#links.get(member) === end) deliver();
  }

  #readSocket(connection: ConnectionNumber, socket: LocalSocket): void {
    const { arrivals } = socket;
    while (arrivals.length > 0 && this.#sockets.get(connection) === socket) {
      if (this.#paused.has(connection) && arrivals[0]!.kind !== 'reset') break;
      const event = arrivals.shift()!;
      if (event.kind === 'data') {
        this.give({ kind: 'segment', connection, segment: { length: event.bytes.byteLength, payload: event.bytes } });
      } else if (event.kind === 'end') {
        socket.noteEnded();
        this.give({ kind: 'end', connection });
      } else {
        this.give({ kind: 'reset', connection });
        this.#close(connection);
      }
    }
    if (this.#sockets.get(connection) !== socket) return;
    if (socket.takenBytes > (this.#takenTold.get(connection) ?? 0)) {
      this.#takenTold.set(connection, socket.takenBytes);
      this.world.chronicle.taken(this, connection, socket.takenBytes);
      this.give({ kind: 'taken', connection, units: socket.takenBytes });
    }
    if (socket.isClosed) this.#close(connection);
  }

  #close(connection: ConnectionNumber): void {
    this.#sockets.delete(connection);
    this.#paused.delete(connection);
    this.#takenTold.delete(connection);
    this.give({ kind: 'closed', connection });
  }

  #step(input: ClientInput): void {
    const { chronicle, scheduler, trace } = this.world;
    if (input.kind !== 'flush') trace.step(this.id, describeClientInput(input));
    for (const effect of this.engine.step(input, scheduler.now)) {
      this.beforeEffect();
      if (effect.kind === 'report') trace.fact(this.id, describeClientEffect(effect));
      else trace.step(this.id, describeClientEffect(effect));
      chronicle.clientActed(this, effect);
      this.#perform(effect);
      if (!this.isAlive) return;
    }
  }

  #perform(effect: ClientEffect): void {
    switch (effect.kind) {
      case 'accepted':
        this.#numbered = effect.connection;
        return;
      case 'connect':
        return this.#connect(effect.member);
      case 'disconnect':
        this.#dial++;
        this.#links.get(effect.member)?.close();
        this.#links.delete(effect.member);
        return;
      case 'send':
        return this.#send(effect.member, effect.message, 32);
      case 'send-commands':
        for (const message of cutCommands(effect.entry, this.#cuts)) {
          this.#send(effect.member, message, message.encoded.byteLength);
        }
        return;
      case 'deliver':
        return this.#sockets.get(effect.connection)?.deliver(effect.segment);
      case 'deliver-end':
        return this.#sockets.get(effect.connection)?.deliverEnd();
      case 'deliver-reset':
        this.#sockets.get(effect.connection)?.break();
        return this.wake();
      case 'pause':
        this.#paused.add(effect.connection);
        return;
      case 'resume':
        this.#paused.delete(effect.connection);
        return this.wake();
      case 'reject':
      case 'report':
        return;
    }
  }

  #send(member: MemberName, message: ClientToMember, bytes: number): void {
    const end = this.#links.get(member);
    if (end === undefined) return;
    end.send(this.world.sealed(message), 'main', bytes);
    if (!end.awaitsRoom && end.backlogBytes >= this.world.plan.linkBytesMax) this.#noteWritable(member, end, false);
  }

  #noteWritable(member: MemberName, end: MemberEnd, writable: boolean): void {
    end.awaitsRoom = !writable;
    this.give({ kind: 'link-writable', member, writable });
  }

  #connect(member: MemberName): void {
    const dial = ++this.#dial;
    const { network, memberHosts, plan, random, scheduler } = this.world;
    const down = (): void => {
      if (dial !== this.#dial || !this.isAlive) return;
      this.#notices.push({ kind: 'link-down', member });
      this.wake();
    };
    scheduler.after(random.delayMs(handshakeMs.low, handshakeMs.high), () => {
      if (dial !== this.#dial || !this.isAlive) return;
      const host = memberHosts.get(member)!;
      const isReachable = host.isPowered && network.isOpen(this.host, member) && network.isOpen(member, this.host);
      if (!isReachable || host.process?.isRunning === false)
        return void scheduler.after(plan.client.suspectAfterMs, down);
      const accept = host.process?.replica?.clients;
      if (host.process === undefined || accept === undefined) return down();
      const [near, far] = network.connect<ClientToMember, MemberToClient>(this, host.process);
      this.#links.set(member, near);
      accept.accept(this.id, far);
    });
  }
}
