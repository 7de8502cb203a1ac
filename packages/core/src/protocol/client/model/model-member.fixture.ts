import type { IncarnationId, MemberName, OrderNumber } from '@lockstep/contracts';
import { memberNameOf } from '@lockstep/contracts';
import type { MemberToClient } from '../../connections/client-link.js';
import { Replica } from '../../connections/replica.js';
import type { ConnectionKey, ReplicaEffect, ReplicaInput, ReplicaSettings } from '../../connections/replica-io.js';
import type { ModelGroup } from './model-group.fixture.js';
import type { ModelLink } from './model-link.fixture.js';
import { ModelService } from './model-service.fixture.js';
import type { Random } from './random.fixture.js';
import { check } from './truth.fixture.js';

/** One incarnation of a replica with its service, and how far it has got in the model group's order. */
export class ModelMember {
  readonly incarnation: IncarnationId;
  readonly replica: Replica;
  readonly service: ModelService;
  readonly links = new Set<ModelLink>();
  /** An isolated one does not know yet that the group goes on without it. */
  state: 'live' | 'isolated' | 'dead' = 'live';
  leaving = false;
  holdsClients = false;
  /** Before this time, nothing that it submits is ordered. */
  stalledUntil = 0;
  /** Entries that it has been given. */
  delivered = 0;
  /** Views of the group that it has installed, or that were before its time. */
  installed = 0;
  toldStable = 0 as OrderNumber;
  readonly #group: ModelGroup;
  readonly #settings: ReplicaSettings;
  readonly #keys = new Map<string, ConnectionKey>();

  constructor(incarnation: IncarnationId, settings: ReplicaSettings, group: ModelGroup, random: Random) {
    this.incarnation = incarnation;
    this.#settings = settings;
    this.#group = group;
    this.replica = new Replica(incarnation, settings);
    this.service = new ModelService(random, group.truth);
  }

  get name(): MemberName {
    return memberNameOf(this.incarnation);
  }

  step(input: ReplicaInput): void {
    if (this.state === 'dead') return;
    for (const effect of this.replica.step(input, this.#group.clock.now)) this.#run(effect);
    const { applied } = this.replica.snapshot();
    if (this.#group.holds(this, applied)) this.#group.truth.table(applied, this.replica.digest());
  }

  /** The service is read once, or says what it has taken. */
  pump(input: ReplicaInput | undefined): void {
    if (input !== undefined) this.step(input);
  }

  tick(): void {
    const due = this.replica.nextDeadline();
    if (due !== undefined && due <= this.#group.clock.now) this.step({ kind: 'tick' });
  }

  checkCaches(): void {
    for (const { key, acknowledged, produced, cacheBytes } of this.replica.connections()) {
      this.#group.truth.cache(key, this.replica.cacheOf(key), acknowledged, produced);
      const bound = this.#settings.connectionWindowBytes + 500;
      check(cacheBytes <= bound, `K5: the cache of ${key} on ${this.incarnation} holds ${cacheBytes} bytes`);
    }
  }

  #run(effect: ReplicaEffect): void {
    const { truth } = this.#group;
    switch (effect.kind) {
      case 'submit':
        return this.#group.submit(this, effect.entry);
      case 'execute':
        if (this.#group.holds(this, effect.order)) truth.execution(effect.order, effect.operations);
        for (const operation of effect.operations) {
          if (operation.kind === 'open') this.#keys.set(operation.connection.split('@')[0]!, operation.connection);
        }
        return this.service.accept(effect.order, effect.operations);
      case 'pause-output':
        truth.mark('output paused');
        return this.service.pause(effect.connection, true);
      case 'resume-output':
        return this.service.pause(effect.connection, false);
      case 'send-client':
        return this.#send(effect.client, effect.messages);
      case 'close-client': {
        const link = this.#linkOf(effect.client);
        link.memberSide = 'closed';
        this.links.delete(link);
        return;
      }
      case 'hold-clients':
        this.holdsClients = effect.hold;
        return;
      case 'report':
        check(effect.event !== 'client-bad-input', `a sound client was refused: ${JSON.stringify(effect.fields)}`);
        check(effect.event !== 'output-behind-end', `output behind the end: ${JSON.stringify(effect.fields)}`);
        if (effect.event === 'client-expired') {
          check(effect.fields['fault'] === 'none', `a sound client was expired: ${JSON.stringify(effect.fields)}`);
          truth.expired.add(String(effect.fields['client']));
        }
        truth.mark(effect.event);
    }
  }

  #send(client: string, messages: readonly MemberToClient[]): void {
    const link = this.#linkOf(client);
    for (const message of messages) {
      if (message.kind === 'output') {
        for (const segment of message.segments) {
          const key = this.#keys.get(`${client}:${segment.connection}`);
          check(key !== undefined, `output on ${client}:${segment.connection}, which was never opened`);
          this.#group.truth.sent(key, segment, this.toldStable);
        }
      }
      if (message.kind === 'attached') {
        check(message.order <= this.toldStable, `S4: the attachment ${message.order} is told before it is stable`);
      }
      if (message.kind === 'output' || message.kind === 'progress') {
        const { stableBatches = 0 } = message.kind === 'output' ? (message.news ?? {}) : message;
        const stable = this.#group.countBatches(client, message.epoch, this.toldStable);
        check(stableBatches <= stable, `S4: ${stableBatches} batches are told stable, ${stable} are`);
      }
      if (message.kind === 'refused') this.#group.truth.mark(`refused: ${message.reason}`);
      link.toClient.push(message);
    }
  }

  #linkOf(client: string): ModelLink {
    const link = [...this.links].find(({ client: { id } }) => id === client);
    check(link !== undefined, `${this.incarnation} uses a link with ${client} that is not up`);
    return link;
  }
}
