import type { ClientId, Milliseconds, OrderNumber } from '@lockstep/contracts';
import { Fifo } from '../fifo.js';
import { Gathering } from '../gathering.js';
import { invariant } from '../invariant.js';
import { Attachment } from './attachment.js';
import type { AttachRefused, AttachRequest, ClientToMember, CommandsMessage, MemberToClient } from './client-link.js';
import { CommandCheck } from './command-check.js';
import { connectionLimits } from './limits.js';
import type { ReplicaConnection } from './replica-connection.js';
import type { ReplicaState } from './replica-state.js';
import type { Attachee } from './table-change.js';
import { type ClientRecord, connectionsOf } from './table-records.js';

/** What is done about an attachment once an entry is stable. */
interface Pending {
  readonly order: OrderNumber;
  readonly attachment: Attachment;
  readonly then: 'confirm' | 'count-batch' | 'refuse' | 'say-expired';
}

/** This replica's client interceptors: their links, what they ask for, what they are told. */
export class Attachments {
  readonly #state: ReplicaState;
  readonly #links = new Map<ClientId, Attachment>();
  /** Links that have something to be sent at the next flush. */
  readonly #active = new Gathering<Attachment>();
  readonly #pending = new Fifo<Pending>();
  #held = false;
  #sweepAt: Milliseconds | undefined;

  constructor(state: ReplicaState) {
    this.#state = state;
  }

  linkUp(client: ClientId): void {
    this.linkDown(client);
    const attachment = new Attachment(client, this.#state.now);
    this.#links.set(client, attachment);
    this.#sweepAt ??= this.#state.now + this.#sweepIntervalMs();
    if (this.#links.size > connectionLimits.clientLinksMax) this.#refuse(attachment, 'overloaded');
  }

  linkDown(client: ClientId): void {
    const attachment = this.#links.get(client);
    if (attachment !== undefined) this.#drop(attachment);
  }

  linkWritable(client: ClientId, writable: boolean): void {
    const attachment = this.#links.get(client);
    if (attachment === undefined) return;
    attachment.writable = writable;
    this.#active.add(attachment.active);
  }

  /** The group takes submissions, or asks to hold back: then no client interceptor is read. */
  groupWritable(writable: boolean): void {
    if (this.#held === !writable) return;
    this.#held = !writable;
    // While they were not read, they could not be heard.
    this.forgiveSilence();
    this.#state.emit({ kind: 'hold-clients', hold: this.#held });
  }

  receive(client: ClientId, messages: readonly ClientToMember[]): void {
    const attachment = this.#links.get(client);
    if (attachment === undefined) return;
    attachment.heardAt = this.#state.now;
    for (const message of messages) {
      if (this.#links.get(client) !== attachment) return;
      if (message.kind === 'attach') this.#ask(attachment, message);
      else if (message.kind === 'commands') this.#forward(attachment, message);
    }
  }

  /** The order has attached a client interceptor, here or elsewhere. */
  attached(record: ClientRecord, previous: Attachee | undefined, order: OrderNumber): void {
    if (previous !== undefined) this.#end(previous, order, 'refuse');
    const attachment = this.#linkOf(record);
    if (attachment !== undefined) this.#pending.push({ order, attachment, then: 'confirm' });
  }

  /** By the order, this attachment is over or never was. */
  lost(attachee: Attachee, order: OrderNumber, reason: 'superseded' | 'expired'): void {
    this.#end(attachee, order, reason === 'superseded' ? 'refuse' : 'say-expired');
  }

  /** A batch of commands, or a part of one, was applied. */
  batchApplied(record: ClientRecord, order: OrderNumber): void {
    const attachment = this.#linkOf(record);
    if (attachment !== undefined) this.#pending.push({ order, attachment, then: 'count-batch' });
  }

  /** The connection may have more to send: output was released, or acknowledged. */
  offer(connection: ReplicaConnection): void {
    const attachment = this.#links.get(connection.record.client);
    if (attachment?.state !== 'attached') return;
    attachment.offer(connection);
    this.#active.add(attachment.active);
  }

  /** The service has taken more of the connection's input. */
  credit(connection: ReplicaConnection): void {
    const attachment = this.#links.get(connection.record.client);
    const { untoldBytes } = connection.credit;
    if (attachment?.state !== 'attached' || untoldBytes === 0) return;
    attachment.credit(connection, untoldBytes > this.#state.settings.connectionWindowBytes / 4);
    if (attachment.newsDue) this.#active.add(attachment.active);
  }

  /** The connection is forgotten. */
  closed(connection: ReplicaConnection): void {
    this.#links.get(connection.record.client)?.closed(connection);
  }

  /** Does what has waited for entries that are stable now. */
  settle(): void {
    for (let next = this.#pending.first; next !== undefined; next = this.#pending.first) {
      if (next.order > this.#state.stable) return;
      this.#pending.shift();
      if (this.#links.get(next.attachment.client) === next.attachment) this.#act(next);
    }
  }

  viewChanged(): void {
    const { view } = this.#state;
    if (view === undefined) return;
    for (const attachment of this.#links.values()) {
      if (attachment.state === 'attached') this.#send(attachment, [{ kind: 'view', view }]);
    }
  }

  /** Sends every client interceptor to another member. */
  sendAway(reason: 'leaving' | 'no-quorum'): void {
    for (const attachment of [...this.#links.values()]) this.#refuse(attachment, reason);
  }

  flush(): void {
    for (const attachment of this.#active.take()) {
      const messages = attachment.takeMessages(this.#state.settings.connectionWindowBytes);
      if (messages.length > 0) this.#send(attachment, messages);
    }
  }

  /** This process stood still, or did not read: nobody's silence during that time counts. */
  forgiveSilence(): void {
    for (const attachment of this.#links.values()) attachment.heardAt = this.#state.now;
  }

  /** Fills silence, and gives up links that have been silent for too long. */
  tick(): void {
    const { now, settings } = this.#state;
    if (this.#sweepAt === undefined || now < this.#sweepAt) return;
    this.#sweepAt = this.#links.size > 0 ? now + this.#sweepIntervalMs() : undefined;
    for (const attachment of [...this.#links.values()]) {
      if (!this.#held && now - attachment.heardAt >= settings.suspectAfterMs) {
        this.#state.report('info', 'client-silent', { client: attachment.client });
        this.#state.emit({ kind: 'close-client', client: attachment.client });
        this.#drop(attachment);
      } else if (attachment.writable && now - attachment.sentAt >= this.#sweepIntervalMs()) {
        attachment.hurry();
        const messages = attachment.takeMessages(settings.connectionWindowBytes);
        this.#send(attachment, messages.length > 0 ? messages : [{ kind: 'heartbeat' }]);
      }
    }
  }

  nextDeadline(): Milliseconds | undefined {
    return this.#sweepAt;
  }

  /** Whether the order has attached this client interceptor here, and its link is up. */
  serves(record: ClientRecord): boolean {
    return !record.detached && this.#linkOf(record) !== undefined;
  }

  /** Whether any client interceptor is linked with this replica. */
  get hasLinks(): boolean {
    return this.#links.size > 0;
  }

  /** Whether somebody may have something to be sent. */
  get wantFlush(): boolean {
    return this.#active.size > 0;
  }

  /** Two sweeps in the time of one heartbeat: so that nobody is left in silence for longer than a heartbeat. */
  #sweepIntervalMs(): Milliseconds {
    return this.#state.settings.heartbeatMs / 2;
  }

  #ask(attachment: Attachment, { epoch, established, received }: AttachRequest): void {
    const { self: member, isServing, leaving, hearsQuorum } = this.#state;
    if (leaving) return this.#refuse(attachment, 'leaving');
    if (!hearsQuorum) return this.#refuse(attachment, 'no-quorum');
    if (!isServing) return this.#refuse(attachment, 'not-a-member');
    if (attachment.state === 'over') return;
    if (attachment.state !== 'idle') return this.#refuseInput(attachment, 'a second attach on one link');
    attachment.state = 'asked';
    attachment.epoch = epoch;
    const { client } = attachment;
    this.#state.emit({
      kind: 'submit',
      entry: { kind: 'attach', client, epoch, member, established, received },
    });
  }

  #forward(attachment: Attachment, { entry, encoded, isPart = false }: CommandsMessage): void {
    // The order knows more than the client interceptor can: its news are on their way.
    if (attachment.state === 'over') return;
    if (attachment.state !== 'attached') return this.#refuseInput(attachment, 'commands before the attachment');
    if (entry.client !== attachment.client || entry.epoch !== attachment.epoch) {
      return this.#refuseInput(attachment, 'commands of another attachment');
    }
    const fault = attachment.check?.faultIn(entry.commands);
    if (fault !== undefined) return this.#refuseInput(attachment, fault);
    attachment.submitted(isPart);
    this.#state.emit({ kind: 'submit', entry, encoded });
  }

  /** The link that this attachment of the order came from, if it is here and still up. */
  #linkOf({ client, epoch, member }: Attachee): Attachment | undefined {
    if (member !== this.#state.self) return undefined;
    const attachment = this.#links.get(client);
    return attachment?.epoch === epoch ? attachment : undefined;
  }

  #end(attachee: Attachee, order: OrderNumber, then: 'refuse' | 'say-expired'): void {
    const attachment = this.#linkOf(attachee);
    if (attachment === undefined) return;
    attachment.state = 'over';
    this.#pending.push({ order, attachment, then });
  }

  #act({ attachment, then, order }: Pending): void {
    switch (then) {
      case 'confirm':
        if (attachment.state === 'asked') this.#confirm(attachment, order);
        return;
      case 'count-batch':
        attachment.submissionStable();
        if (attachment.newsDue) this.#active.add(attachment.active);
        return;
      case 'refuse':
        return this.#refuse(attachment, 'superseded');
      case 'say-expired':
        this.#send(attachment, [{ kind: 'expired' }]);
        this.#state.emit({ kind: 'close-client', client: attachment.client });
        this.#drop(attachment);
    }
  }

  /** The attachment is stable: both sides go on from what the table says, the client interceptor having sent nothing since. */
  #confirm(attachment: Attachment, order: OrderNumber): void {
    const { table, cache, settings, view } = this.#state;
    const record = table.client(attachment.client);
    invariant(
      record?.epoch === attachment.epoch && view !== undefined,
      'an attachment that is not over is in the table',
    );
    attachment.state = 'attached';
    attachment.check = new CommandCheck(record, {
      endpoints: settings.endpoints,
      connectionsMax: Math.min(settings.maxConnections, connectionLimits.connectionsPerClientMax),
    });
    const connections = connectionsOf(record).map(({ key, connection, input }) => {
      const local = cache.get(key);
      invariant(local !== undefined, `connection ${key} is live`);
      local.output.rewind();
      local.credit.told();
      attachment.offer(local);
      return { connection, input, taken: local.credit.taken };
    });
    this.#active.add(attachment.active);
    const { epoch } = attachment;
    const { nextConnection } = record;
    const messages: MemberToClient[] = [];
    while (connections.length > connectionLimits.listedConnectionsMax) {
      const listed = connections.splice(0, connectionLimits.listedConnectionsMax);
      messages.push({ kind: 'states', epoch, connections: listed });
    }
    messages.push({ kind: 'attached', epoch, order, connections, nextConnection, view });
    this.#send(attachment, messages);
  }

  #refuseInput(attachment: Attachment, fault: string): void {
    this.#state.report('warn', 'client-bad-input', { client: attachment.client, fault });
    this.#refuse(attachment, 'bad-input');
  }

  #refuse(attachment: Attachment, reason: AttachRefused['reason']): void {
    const { view, self } = this.#state;
    const isOutOfQuestion = reason === 'leaving' || reason === 'no-quorum';
    const members = (view?.members ?? [])
      .filter(({ witness, incarnation }) => !witness && !(isOutOfQuestion && incarnation === self))
      .map(({ incarnation }) => incarnation);
    this.#send(attachment, [{ kind: 'refused', reason, members }]);
    this.#state.emit({ kind: 'close-client', client: attachment.client });
    this.#drop(attachment);
  }

  /** Forgets the link; if it has or may get an attachment, the order is told that nobody serves it. */
  #drop(attachment: Attachment): void {
    const { client, epoch, state } = attachment;
    this.#links.delete(client);
    this.#active.delete(attachment.active);
    if (state !== 'asked' && state !== 'attached') return;
    this.#state.emit({ kind: 'submit', entry: { kind: 'detach', client, epoch } });
  }

  #send(attachment: Attachment, messages: readonly MemberToClient[]): void {
    attachment.sentAt = this.#state.now;
    this.#state.emit({ kind: 'send-client', client: attachment.client, messages });
  }
}
