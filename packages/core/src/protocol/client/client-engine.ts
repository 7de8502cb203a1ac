import { memberNameOf } from '@lockstep/contracts';
import type { ClientId, Epoch, MemberName, Milliseconds, View } from '@lockstep/contracts';
import type {
  Attached,
  AttachRefused,
  ConnectionStates,
  MemberToClient,
  News,
  Output,
  Progress,
} from '../connections/client-link.js';
import { connectionLimits } from '../connections/limits.js';
import { invariant } from '../invariant.js';
import type {
  ClientConnectionSnapshot,
  ClientEffect,
  ClientInput,
  ClientSettings,
  ClientSnapshot,
} from './client-io.js';
import { ClientState } from './client-state.js';
import { MemberSearch } from './member-search.js';
import { Session } from './session.js';
import { Uplink } from './uplink.js';

/**
 * The client interceptor's engine: numbers what clients send, keeps it until the group has it for good, finds a member to be
 * attached to, and passes on what comes back, each position once.
 *
 * Pure: everything that happens comes in through `step`, everything to be done comes back as effects, to be executed in list
 * order before the next step.
 */
export class ClientEngine {
  readonly #state: ClientState;
  readonly #session: Session;
  readonly #search: MemberSearch;
  #view: View | undefined;
  #started = false;
  /** Of the last attachment that was asked for; each asks with a new one. */
  #epoch = 0 as Epoch;
  /** The group has confirmed an attachment of this session. */
  #established = false;
  #uplink: Uplink | undefined;
  /** Whom to dial when, while there is no uplink. */
  #retry: { readonly member: MemberName; readonly at: Milliseconds } | undefined;
  /** It has been attached, and will not go elsewhere of its own accord. */
  #isSeated = false;
  /** Undefined while attached. */
  #unattachedSince: Milliseconds | undefined;
  #gaveUp = false;

  constructor(id: ClientId, settings: ClientSettings) {
    invariant(settings.members.length > 0, 'there is a member to turn to');
    this.#state = new ClientState(id, settings);
    this.#session = new Session(this.#state);
    this.#search = new MemberSearch(settings.members);
  }

  /** @param now never less than before */
  step(input: ClientInput, now: Milliseconds): readonly ClientEffect[] {
    const state = this.#state;
    const stoodStillMs = state.settings.suspectAfterMs / 2;
    const mayHaveStoodStill = now - state.now > stoodStillMs;
    state.now = now;
    // A process that stood still has not read what would have shown its member alive.
    if (mayHaveStoodStill && now - (this.nextDeadline() ?? now) > stoodStillMs) this.#forgiveSilence();
    this.#handle(input);
    return state.takeEffects();
  }

  /** When `tick` is to be given at the latest, or undefined if nothing waits for time to pass. */
  nextDeadline(): Milliseconds | undefined {
    const earliest = Math.min(
      this.#retry?.at ?? Infinity,
      this.#giveUpAt(),
      this.#lossAt(),
      this.#heartbeatAt(),
      this.#acknowledgeAt(),
      this.#gatherUntil(),
    );
    return earliest === Infinity ? undefined : earliest;
  }

  /** Whether a `flush` may have something to do. */
  get wantsFlush(): boolean {
    return this.#session.hasUnsent || this.#session.isAcknowledgementDue;
  }

  snapshot(): ClientSnapshot {
    return {
      state: this.#uplink?.state ?? (this.#started ? 'waiting' : 'stopped'),
      member: this.#uplink?.member,
      epoch: this.#epoch,
      view: this.#view,
      gaveUp: this.#gaveUp,
      connections: this.#session.size,
      waitingBytes: this.#session.waitingBytes,
    };
  }

  /** The connections that the group may still know, for checks. */
  connections(): ClientConnectionSnapshot[] {
    return this.#session.snapshots();
  }

  // Methods rather than getters, which the compiler does not inline if they are private; infinite where nothing is waited for.

  #giveUpAt(): Milliseconds {
    if (this.#unattachedSince === undefined || this.#gaveUp) return Infinity;
    return this.#unattachedSince + this.#state.settings.giveUpAfterMs;
  }

  /** When the uplink is given up if nothing is heard. An attachment takes a view change, if a member was lost just now. */
  #lossAt(): Milliseconds {
    const { suspectAfterMs } = this.#state.settings;
    switch (this.#uplink?.state) {
      case undefined:
        return Infinity;
      case 'connecting':
        return this.#uplink.since + suspectAfterMs;
      case 'attaching':
        return this.#uplink.since + 2 * suspectAfterMs;
      case 'attached':
        return this.#uplink.heardAt + suspectAfterMs;
    }
  }

  #heartbeatAt(): Milliseconds {
    if (this.#uplink === undefined || this.#uplink.state === 'connecting') return Infinity;
    return this.#uplink.sentAt + this.#state.settings.heartbeatMs;
  }

  #gatherUntil(): Milliseconds {
    return this.#session.hasUnsent && this.#uplink?.writable === true
      ? (this.#uplink.gatherUntil ?? Infinity)
      : Infinity;
  }

  #acknowledgeAt(): Milliseconds {
    const uplink = this.#uplink;
    return uplink?.state === 'attached' && uplink.writable ? (this.#session.acknowledgeAt ?? Infinity) : Infinity;
  }

  #handle(input: ClientInput): void {
    switch (input.kind) {
      case 'start':
        this.#started = true;
        this.#unattachedSince = this.#state.now;
        return this.#connect(this.#search.first());
      case 'accept':
        return this.#accept(input.token, input.endpoint);
      case 'segment':
        return this.#session.segment(input.connection, input.segment);
      case 'end':
        return this.#session.end(input.connection);
      case 'reset':
        return this.#session.reset(input.connection);
      case 'taken':
        return this.#session.taken(input.connection, input.units);
      case 'closed':
        return this.#session.closed(input.connection);
      case 'link-up':
      case 'link-down':
      case 'link-writable':
      case 'receive':
        return this.#handleLink(input);
      case 'flush':
        return this.#flush();
      case 'tick':
        return this.#tick();
    }
  }

  #handleLink(input: Extract<ClientInput, { readonly member: MemberName }>): void {
    const uplink = this.#uplink;
    if (uplink?.member !== input.member) return;
    switch (input.kind) {
      case 'link-up':
        return uplink.state === 'connecting' ? this.#attach(uplink) : undefined;
      case 'link-down':
        return this.#lost(uplink);
      case 'link-writable':
        uplink.writable = input.writable;
        return;
      case 'receive':
        uplink.heard(this.#state.now);
        for (const message of input.messages) {
          if (this.#uplink === uplink) this.#receive(uplink, message);
        }
    }
  }

  #accept(token: number, endpoint: string): void {
    const connection = this.#gaveUp ? undefined : this.#session.accept(endpoint);
    this.#state.emit(connection === undefined ? { kind: 'reject', token } : { kind: 'accepted', token, connection });
  }

  #connect(member: MemberName | undefined): void {
    if (member === undefined) return;
    this.#retry = undefined;
    this.#uplink = new Uplink(member, this.#state.now);
    this.#state.emit({ kind: 'connect', member });
  }

  #attach(uplink: Uplink): void {
    this.#epoch = (this.#epoch + 1) as Epoch;
    uplink.epoch = this.#epoch;
    uplink.enter('attaching', this.#state.now);
    const { epoch, member } = uplink;
    const received = this.#session.received();
    this.#state.emit({
      kind: 'send',
      member,
      message: { kind: 'attach', epoch, established: this.#established, received },
    });
  }

  #receive(uplink: Uplink, message: MemberToClient): void {
    switch (message.kind) {
      case 'heartbeat':
        return;
      case 'view':
        return this.#learn(message.view);
      case 'states':
        return this.#states(uplink, message);
      case 'attached':
        return this.#attached(uplink, message);
      case 'output':
      case 'progress':
        return this.#news(uplink, message);
      case 'refused':
        return this.#refused(uplink, message);
      case 'expired':
        this.#session.expired();
        this.#established = false;
        return this.#abandon(uplink);
    }
  }

  #states(uplink: Uplink, { epoch, connections }: ConnectionStates): void {
    if (uplink.state !== 'attaching' || epoch !== uplink.epoch) {
      return this.#fault(uplink, 'states for an attachment that was not asked for');
    }
    if (uplink.states.length + connections.length > connectionLimits.connectionsPerClientMax) {
      return this.#fault(uplink, 'states of more connections than there can be');
    }
    for (const state of connections) uplink.states.push(state);
  }

  #attached(uplink: Uplink, message: Attached): void {
    if (uplink.state !== 'attaching' || message.epoch !== uplink.epoch) {
      return this.#fault(uplink, 'an attachment that was not asked for');
    }
    this.#learn(message.view);
    const connections = uplink.states.splice(0).concat(message.connections);
    const fault = this.#session.resume({ ...message, connections });
    if (fault !== undefined) return this.#fault(uplink, fault);
    this.#established = true;
    this.#unattachedSince = undefined;
    this.#gaveUp = false;
    uplink.enter('attached', this.#state.now);
    this.#state.report('info', 'attached', { member: uplink.member, epoch: uplink.epoch, order: message.order });
    this.#takeFirstChoice(uplink);
  }

  /**
   * Whoever starts together with the group may find others ready before the member that it is configured to turn to first,
   * which is the sequencer of a new group, whose own clients are served fastest. Nothing was sent here yet, so nothing is lost
   * by going there now; it is done once.
   */
  #takeFirstChoice(uplink: Uplink): void {
    if (this.#isSeated) return;
    this.#isSeated = true;
    const choice = this.#state.settings.members[0]!;
    const isThere = this.#view!.members.some(({ incarnation }) => memberNameOf(incarnation) === choice);
    if (choice === uplink.member || !isThere) return;
    this.#state.report('info', 'first-choice', { from: uplink.member, to: choice });
    this.#unattachedSince = this.#state.now;
    this.#state.emit({ kind: 'disconnect', member: uplink.member });
    this.#connect(choice);
  }

  #news(uplink: Uplink, message: Output | Progress): void {
    if (uplink.state !== 'attached' || message.epoch !== uplink.epoch) {
      return this.#fault(uplink, `${message.kind} of another attachment`);
    }
    const fault = message.kind === 'output' ? this.#session.output(message.segments) : undefined;
    if (fault !== undefined) return this.#fault(uplink, fault);
    const news = message.kind === 'output' ? message.news : message;
    if (news !== undefined) this.#learnNews(uplink, news);
  }

  #learnNews(uplink: Uplink, { stableBatches, taken }: News): void {
    const batches = uplink.settle(stableBatches);
    if (batches === undefined) return this.#fault(uplink, 'progress of batches that were never sent');
    for (const commands of batches) this.#session.settle(commands);
    const fault = this.#session.credit(taken);
    if (fault !== undefined) this.#fault(uplink, fault);
  }

  #refused(uplink: Uplink, { reason, members }: AttachRefused): void {
    if (members.length > 0) this.#search.learn(members.map(memberNameOf));
    this.#state.report('info', 'refused', { member: uplink.member, reason });
    this.#abandon(uplink);
  }

  /** Remembers the newer view. */
  #learn(view: View): void {
    const isOlder = this.#view?.genesis === view.genesis && view.number < this.#view.number;
    if (isOlder) return;
    this.#view = view;
    const serving = view.members.filter(({ witness }) => !witness);
    this.#search.learn(serving.map(({ incarnation }) => memberNameOf(incarnation)));
  }

  /** The member says what cannot be true: nothing that it says is of use. */
  #fault(uplink: Uplink, reason: string): void {
    this.#state.report('warn', 'member-bad-input', { member: uplink.member, reason });
    this.#abandon(uplink);
  }

  #abandon(uplink: Uplink): void {
    this.#state.emit({ kind: 'disconnect', member: uplink.member });
    this.#lost(uplink);
  }

  /** There is no link any more: turn to the next member. */
  #lost(uplink: Uplink): void {
    const { now, settings } = this.#state;
    this.#uplink = undefined;
    this.#unattachedSince ??= now;
    // A member that attaches us and fails at once, time and again, must not keep us busy.
    if (uplink.state === 'attached' && now - uplink.since >= settings.suspectAfterMs) this.#search.succeeded();
    const { member, delayMs } = this.#search.next(uplink.member);
    this.#state.report('info', 'member-lost', { member: uplink.member, state: uplink.state, delayMs });
    if (delayMs === 0) this.#connect(member);
    else if (member !== undefined) this.#retry = { member, at: now + delayMs };
  }

  #flush(): void {
    const uplink = this.#uplink;
    if (uplink?.state !== 'attached' || !uplink.writable) return;
    const { id: client, now } = this.#state;
    const { epoch, member } = uplink;
    if (now < (uplink.gatherUntil ?? now) && !this.#session.hasGathered(uplink.commandsUnderWay)) return;
    for (const commands of this.#session.takeBatches()) {
      uplink.sent(commands, now);
      this.#state.emit({ kind: 'send-commands', member, entry: { kind: 'commands', client, epoch, commands } });
    }
  }

  #tick(): void {
    const { now } = this.#state;
    if (now >= this.#giveUpAt()) this.#giveUp();
    if (this.#retry !== undefined && now >= this.#retry.at) this.#connect(this.#retry.member);
    const uplink = this.#uplink;
    if (uplink === undefined) return;
    if (now >= this.#lossAt()) {
      this.#state.report('info', 'member-silent', { member: uplink.member, state: uplink.state });
      return this.#abandon(uplink);
    }
    if (now >= this.#heartbeatAt()) {
      uplink.sentAt = now;
      this.#state.emit({ kind: 'send', member: uplink.member, message: { kind: 'heartbeat' } });
    }
  }

  /** Clients are not held for ever. The group is told of it once there is one again. */
  #giveUp(): void {
    this.#gaveUp = true;
    const code = 'ERR_LOCKSTEP_NO_PRIMARY_VIEW';
    this.#state.report('warn', 'gave-up', { code, connections: this.#session.size });
    this.#session.resetAll();
  }

  #forgiveSilence(): void {
    if (this.#uplink === undefined) return;
    this.#uplink.heardAt = this.#state.now;
    if (this.#uplink.state !== 'attached') this.#uplink.since = this.#state.now;
  }
}
