import type { ClientId, ConnectionNumber, MemberName } from '@lockstep/contracts';
import type { Acknowledgement } from '../../connections/entry.js';
import { ClientEngine } from '../client-engine.js';
import type { ClientEffect, ClientInput, ClientSettings } from '../client-io.js';
import { ModelChannel } from './model-channel.fixture.js';
import type { ModelGroup } from './model-group.fixture.js';
import { ModelLink } from './model-link.fixture.js';
import type { Random } from './random.fixture.js';
import { check } from './truth.fixture.js';

/** A client interceptor with its clients. */
export class ModelClient {
  readonly id: ClientId;
  readonly engine: ClientEngine;
  readonly channels = new Map<ConnectionNumber, ModelChannel>();
  readonly links = new Set<ModelLink>();
  /** Cannot reach anybody before this time. */
  cutUntil = 0;
  readonly #group: ModelGroup;
  readonly #random: Random;
  readonly #settings: ClientSettings;
  #endpoint = '';

  constructor(id: string, settings: ClientSettings, group: ModelGroup, random: Random) {
    this.id = id as ClientId;
    this.#settings = settings;
    this.#group = group;
    this.#random = random;
    this.engine = new ClientEngine(this.id, settings);
    this.step({ kind: 'start' });
  }

  get open(): ModelChannel[] {
    return [...this.channels.values()].filter(({ isOpen }) => isOpen);
  }

  get isCut(): boolean {
    return this.#group.clock.now < this.cutUntil;
  }

  step(input: ClientInput): void {
    const effects = this.engine.step(input, this.#group.clock.now);
    // Stated limits: connections may be broken by these, and by nothing else.
    const isExcused = effects.some(({ kind, ...effect }) => {
      return kind === 'report' && 'event' in effect && (effect.event === 'expired' || effect.event === 'gave-up');
    });
    for (const effect of effects) this.#run(effect, isExcused);
  }

  tick(): void {
    const due = this.engine.nextDeadline();
    if (due !== undefined && due <= this.#group.clock.now) this.step({ kind: 'tick' });
  }

  connect(): void {
    this.#endpoint = this.#random.chance(0.7) ? 'echo' : 'messages';
    this.step({ kind: 'accept', token: 1, endpoint: this.#endpoint });
  }

  send(channel: ModelChannel): void {
    if (channel.paused || channel.ended) return;
    this.step({ kind: 'segment', connection: channel.id, segment: channel.send() });
  }

  end(channel: ModelChannel): void {
    if (channel.paused || channel.ended) return;
    channel.end();
    this.step({ kind: 'end', connection: channel.id });
    this.#closeIfDone(channel);
  }

  reset(channel: ModelChannel): void {
    channel.broken = true;
    this.step({ kind: 'reset', connection: channel.id });
    this.step({ kind: 'closed', connection: channel.id });
  }

  /** The client takes some of what has come. */
  take(channel: ModelChannel): void {
    if (channel.untaken === 0) return;
    channel.taken += 1 + this.#random.below(channel.untaken);
    this.step({ kind: 'taken', connection: channel.id, units: channel.taken });
    this.#closeIfDone(channel);
  }

  checkBounds(): void {
    for (const { connection, produced, acknowledgeable, received, stable } of this.engine.connections()) {
      check(acknowledgeable <= received && stable <= produced, `positions of ${connection} are in order`);
    }
    // A paused client has sent one more segment, at most.
    const bound = (this.#settings.connectionWindowBytes + 500) * this.engine.snapshot().connections;
    check(this.engine.snapshot().waitingBytes <= bound, `K5: ${this.id} keeps too much`);
  }

  #closeIfDone(channel: ModelChannel): void {
    // A channel may close in good order without having said at last what was taken.
    const isTaken = channel.untaken === 0 || this.#random.chance(0.1);
    if (!channel.ended || !channel.finished || !isTaken || channel.closed) return;
    channel.closed = true;
    this.step({ kind: 'closed', connection: channel.id });
  }

  #run(effect: ClientEffect, isExcused: boolean): void {
    switch (effect.kind) {
      case 'accepted': {
        const { connection } = effect;
        check(!this.channels.has(connection), `${connection} is used twice`);
        this.channels.set(connection, new ModelChannel(connection, this.#endpoint, this.#random, this.#group.truth));
        return;
      }
      case 'reject':
        return this.#group.truth.mark('rejected');
      case 'connect':
        return this.#connect(effect.member);
      case 'disconnect':
        this.#link(effect.member).clientSide = 'closed';
        return;
      case 'send':
        if (effect.message.kind === 'attach') this.#checkAcknowledgements(effect.message.received);
        this.#link(effect.member).toMember.push(effect.message);
        return;
      case 'send-commands': {
        const { entry } = effect;
        this.#checkAcknowledgements(entry.commands.filter((command) => command.kind === 'acknowledge'));
        this.#link(effect.member).toMember.push({ kind: 'commands', entry, encoded: this.#group.encode(entry) });
        return;
      }
      case 'report':
        check(effect.event !== 'member-bad-input', `a sound member is at fault: ${JSON.stringify(effect.fields)}`);
        check(effect.event !== 'connection-lost', `C3: a connection was lost: ${JSON.stringify(effect.fields)}`);
        if (effect.event === 'expired') check(this.#group.truth.expired.has(this.id), `C3: ${this.id} was not expired`);
        return this.#group.truth.mark(effect.event);
      default:
        return this.#runChannel(effect, isExcused);
    }
  }

  #runChannel(effect: Extract<ClientEffect, { readonly connection: ConnectionNumber }>, isExcused: boolean): void {
    const channel = this.channels.get(effect.connection)!;
    switch (effect.kind) {
      case 'deliver':
        return channel.receive(effect.segment.length, effect.segment.payload);
      case 'deliver-end':
        channel.receiveEnd();
        return this.#closeIfDone(channel);
      case 'deliver-reset':
        channel.receiveReset(isExcused);
        return this.step({ kind: 'closed', connection: channel.id });
      case 'pause':
        this.#group.truth.mark('input paused');
        channel.paused = true;
        return;
      case 'resume':
        channel.paused = false;
        return;
      case 'accepted':
        return;
    }
  }

  /** K3: only what a client has taken is acknowledged. */
  #checkAcknowledgements(acknowledgements: readonly Acknowledgement[]): void {
    const ids = new Map(this.engine.connections().map(({ number, connection }) => [number, connection]));
    for (const { connection: number, position, ended } of acknowledgements) {
      const channel = this.channels.get(ids.get(number)!)!;
      const taken = channel.closed ? channel.taken + channel.untaken : channel.taken;
      const isTrue = ended ? channel.finished && position === taken + 1 : position <= taken;
      check(isTrue, `K3: ${position} of ${number} is acknowledged, ${taken} taken`);
    }
  }

  #connect(name: MemberName): void {
    const candidates = this.#group.members.filter((member) => member.name === name);
    const member = candidates.find(({ state }) => state !== 'dead') ?? candidates.at(-1)!;
    this.links.add(new ModelLink(this, member));
  }

  #link(name: MemberName): ModelLink {
    const link = [...this.links].find(({ member, clientSide }) => member.name === name && clientSide !== 'closed');
    check(link !== undefined, `${this.id} uses a link with ${name} that it does not have`);
    return link;
  }
}
