import type {
  Channel,
  ChannelHandler,
  ClientFace,
  ConnectionNumber,
  Logger,
  MemberName,
  Milliseconds,
  Segment,
} from '@lockstep/contracts';
import type { ClientEngine } from '../protocol/client/client-engine.js';
import type { ClientEffect, ClientInput } from '../protocol/client/client-io.js';
import type { MemberToClient } from '../protocol/connections/client-link.js';
import { Fifo } from '../protocol/fifo.js';
import { logReport } from './log-report.js';
import type { MemberDialer, MemberDialerHandler } from '../link/member-dialer.js';
import { TurnLoop } from '../link/turn-loop.js';

/** What a client interceptor is made of. */
export interface ClientInterceptorParts {
  readonly engine: ClientEngine;
  readonly links: MemberDialer;
  /** By endpoint. */
  readonly faces: ReadonlyMap<string, ClientFace>;
  readonly logger: Logger;
  readonly now: () => Milliseconds;
}

/** How long the group may take to hear that everything is over, before it is left to find out by itself. */
const leaveTimeoutMs = 1000;

/**
 * The client's side of the virtual communication layer: faces towards clients, the engine that numbers and resends, and the
 * link to the member that it is attached to.
 */
export class ClientInterceptor implements MemberDialerHandler {
  readonly #parts: ClientInterceptorParts;
  readonly #loop: TurnLoop;
  readonly #channels = new Map<ConnectionNumber, Channel>();
  /** Channels that the engine has not numbered yet. */
  readonly #unnumbered = new Map<number, Channel>();
  readonly #inputs = new Fifo<ClientInput>();
  #stepping = false;
  #stopped = false;
  /** While the group is told that everything is over: what to call when it knows. */
  #onLeft: (() => void) | undefined;
  #nextToken = 1;
  #numbered: ConnectionNumber | undefined;
  #onFailure: (error: Error) => void = () => undefined;

  constructor(parts: ClientInterceptorParts) {
    this.#parts = parts;
    this.#loop = new TurnLoop(
      {
        flush: () => this.#step({ kind: 'flush' }),
        tick: () => this.#step({ kind: 'tick' }),
        nextDeadline: () => parts.engine.nextDeadline(),
      },
      parts.now,
    );
  }

  /**
   * Listens for clients on every endpoint, and begins to look for the group.
   *
   * @param onFailure called once if an invariant breaks; the interceptor has stopped then
   * @returns for each endpoint the address really listened on
   * @throws LockstepError if an address cannot be listened on; nothing is left listening then
   */
  async start(onFailure: (error: Error) => void): Promise<ReadonlyMap<string, string>> {
    this.#onFailure = onFailure;
    this.#parts.links.bind(this);
    const addresses = new Map<string, string>();
    try {
      for (const [endpoint, face] of this.#parts.faces) {
        addresses.set(endpoint, await face.listen((channel) => this.#accept(endpoint, channel)));
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#tell({ kind: 'start' });
    return addresses;
  }

  /** Stops listening, breaks what is open, and lets go of the group. */
  async stop(): Promise<void> {
    await Promise.all([...this.#parts.faces.values()].map((face) => face.close()));
    await this.#takeLeave();
    this.#stopped = true;
    this.#loop.stop();
    for (const channel of this.#channels.values()) channel.reset();
    this.#channels.clear();
    await this.#parts.links.stop();
  }

  onMemberUp(member: MemberName): void {
    this.#tell({ kind: 'link-up', member });
  }

  onMemberDown(member: MemberName): void {
    this.#tell({ kind: 'link-down', member });
  }

  onMemberMessages(member: MemberName, messages: readonly MemberToClient[]): void {
    this.#tell({ kind: 'receive', member, messages });
  }

  onMemberWritable(member: MemberName, writable: boolean): void {
    this.#tell({ kind: 'link-writable', member, writable });
  }

  #accept(endpoint: string, channel: Channel): void {
    if (this.#stopped || this.#onLeft !== undefined) return channel.reset();
    const token = this.#nextToken++;
    this.#unnumbered.set(token, channel);
    this.#numbered = undefined;
    this.#tell({ kind: 'accept', token, endpoint });
    this.#unnumbered.delete(token);
    const connection = this.#numbered as ConnectionNumber | undefined;
    channel.bind(connection === undefined ? rejected : this.#handlerOf(connection));
    if (connection === undefined) channel.reset();
  }

  #handlerOf(connection: ConnectionNumber): ChannelHandler {
    return {
      onSegment: (segment: Segment) => this.#tell({ kind: 'segment', connection, segment }, segment.payload.length),
      onEnd: () => this.#tell({ kind: 'end', connection }),
      onReset: (reason: Error) => {
        this.#parts.logger.debug({ connection, reason: reason.message }, 'A client’s connection broke');
        this.#tell({ kind: 'reset', connection });
      },
      onTaken: (units: number) => this.#tell({ kind: 'taken', connection, units }),
      onClosed: () => {
        this.#channels.delete(connection);
        this.#tell({ kind: 'closed', connection });
      },
    };
  }

  /**
   * Breaks every connection, and waits until the group has that for good: it would hold on to them until it expires us, and
   * programs that serve them would run on.
   */
  async #takeLeave(): Promise<void> {
    const { engine } = this.#parts;
    const { state, connections } = engine.snapshot();
    if (this.#stopped || state !== 'attached' || connections === 0) return;
    const left = new Promise<void>((resolve) => (this.#onLeft = resolve));
    for (const { connection } of engine.connections()) {
      this.#channels.get(connection)?.reset();
      this.#tell({ kind: 'reset', connection });
    }
    const timer = setTimeout(() => this.#onLeft?.(), leaveTimeoutMs);
    await left;
    clearTimeout(timer);
  }

  /** @param byteLength how many bytes it brings that are to be sent on */
  #tell(input: ClientInput, byteLength = 0): void {
    if (this.#stopped) return;
    this.#step(input);
    if (this.#parts.engine.wantsFlush) this.#loop.touch(byteLength);
    else this.#loop.arm();
  }

  #step(input: ClientInput): void {
    if (this.#stepping) return this.#inputs.push(input);
    this.#stepping = true;
    try {
      for (let next: ClientInput | undefined = input; next !== undefined; next = this.#inputs.shift()) {
        if (this.#stopped) break;
        for (const effect of this.#parts.engine.step(next, this.#parts.now())) this.#run(effect);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#stepping = false;
    }
    if (this.#onLeft !== undefined && this.#parts.engine.snapshot().connections === 0) this.#onLeft();
  }

  #run(effect: ClientEffect): void {
    const { links, logger } = this.#parts;
    switch (effect.kind) {
      case 'accepted':
        this.#channels.set(effect.connection, this.#unnumbered.get(effect.token)!);
        this.#numbered = effect.connection;
        return;
      case 'reject':
        return;
      case 'connect':
        return links.connect(effect.member);
      case 'disconnect':
        return links.disconnect(effect.member);
      case 'send':
        return links.send(effect.member, effect.message);
      case 'send-commands':
        return links.send(effect.member, { kind: 'commands', entry: effect.entry });
      case 'deliver':
        return this.#channels.get(effect.connection)?.send(effect.segment);
      case 'deliver-end':
        return this.#channels.get(effect.connection)?.end();
      case 'deliver-reset':
        return this.#channels.get(effect.connection)?.reset();
      case 'pause':
        return this.#channels.get(effect.connection)?.pause();
      case 'resume':
        return this.#channels.get(effect.connection)?.resume();
      case 'report':
        return logReport(logger, effect);
    }
  }

  #fail(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#parts.logger.error(
      { error: failure.stack ?? failure.message },
      'The client interceptor stops: an invariant is broken',
    );
    this.#stopped = true;
    this.#loop.stop();
    this.#onFailure(failure);
  }
}

/** Listens to a connection that was refused; there is nothing to do about what it says. */
const rejected: ChannelHandler = {
  onSegment: () => undefined,
  onEnd: () => undefined,
  onReset: () => undefined,
  onTaken: () => undefined,
  onClosed: () => undefined,
};
