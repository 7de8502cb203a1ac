import type { GroupEngine, GroupHandler, IncarnationId, Logger, Milliseconds, OrderNumber } from '@lockstep/contracts';
import type { EventCounters } from '../link/event-counters.js';
import type { MemberLinksHandler } from '../link/peer-context.js';
import { TurnLoop } from '../link/turn-loop.js';
import { invariant } from '../protocol/invariant.js';
import { limits } from '../protocol/limits.js';
import type { MemberEffect, MemberInput, MemberSnapshot, Report } from '../protocol/member-io.js';
import type { Lane, PeerMessage } from '../protocol/messages.js';
import { RecentInputs } from './recent-inputs.js';

/** So many executed entries are noted at once. The order may wait for many more only. */
const executedUnnotedMax = limits.executionEntriesMax / 8;

/** The protocol, as its driver sees it: `Member` in production. */
export interface MemberProtocol {
  step(input: MemberInput, now: Milliseconds): readonly MemberEffect[];
  nextDeadline(): Milliseconds | undefined;
  /** Whether a `flush` may have something to do. */
  readonly wantsFlush: boolean;
  snapshot(): MemberSnapshot;
}

/** The links to other members, as the engine uses them: `MemberLinks` in production. */
export interface EngineLinks {
  start(handler: MemberLinksHandler): void;
  /** Gathers until `flush`. */
  send(to: readonly IncarnationId[], lane: Lane, message: PeerMessage): void;
  flush(): void;
  disconnect(peer: IncarnationId): void;
  stop(): void;
}

export interface EmbeddedGroupEngineOptions {
  readonly member: MemberProtocol;
  readonly links: EngineLinks;
  /** Forms the first view alone, at the operator's word. */
  readonly bootstrap: boolean;
  /**
   * Makes sure that the incarnation cannot go on by itself, and says whether that succeeded. Undefined if no fence is
   * configured, as in the settings of the member.
   */
  readonly fence: ((target: IncarnationId) => Promise<boolean>) | undefined;
  /** How long `leave` waits for the group to go on without this member. */
  readonly leaveTimeoutMs: Milliseconds;
  /** A monotonic clock. */
  readonly now: () => Milliseconds;
  readonly logger: Logger;
  readonly counters: EventCounters;
}

/**
 * The group engine that needs nothing but the other members: it drives the pure protocol over links. What comes from outside
 * goes in as inputs, one at a time; effects come out and are executed in their order. Submissions of one turn of the event
 * loop gather, and so does what is sent, until the turn ends.
 */
export class EmbeddedGroupEngine implements GroupEngine, MemberLinksHandler {
  readonly #options: EmbeddedGroupEngineOptions;
  readonly #loop: TurnLoop;
  readonly #recentInputs = new RecentInputs();
  #handler: GroupHandler | undefined;
  #submitted: Uint8Array[] = [];
  #executed = 0 as OrderNumber;
  /** How much of it the member knows. */
  #notedExecuted = 0 as OrderNumber;
  #leaveRequested = false;
  #stopped = false;
  #left!: () => void;
  /** Resolves when this member is outside the group, however that came about. */
  readonly #outside = new Promise<void>((resolve) => (this.#left = resolve));

  constructor(options: EmbeddedGroupEngineOptions) {
    this.#options = options;
    this.#loop = new TurnLoop(
      {
        flush: () => this.#endTurn(),
        tick: () => {
          this.#noteExecuted();
          this.#take({ kind: 'tick' });
        },
        nextDeadline: () => options.member.nextDeadline(),
      },
      options.now,
    );
  }

  start(handler: GroupHandler): Promise<void> {
    invariant(this.#handler === undefined, 'an engine is started once');
    const { links, bootstrap } = this.#options;
    this.#handler = handler;
    links.start(this);
    this.#take({ kind: 'start', bootstrap });
    return Promise.resolve();
  }

  submit(entry: Uint8Array): void {
    this.#submitted.push(entry);
    this.#loop.touch(entry.length);
  }

  executed(through: OrderNumber): void {
    this.#executed = through;
    // It makes no turn of its own: the others hear of it with what is said next, unless they may wait for it.
    if (through - this.#notedExecuted >= executedUnnotedMax) this.#loop.touch();
  }

  async leave(): Promise<void> {
    if (this.#stopped) return;
    this.#leaveRequested = true;
    this.#loop.touch();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.#options.leaveTimeoutMs)));
    await Promise.race([this.#outside, timeout]);
    clearTimeout(timer);
  }

  stop(): Promise<void> {
    this.#halt();
    return Promise.resolve();
  }

  /** What `lockstep status` shows of this member. */
  snapshot(): MemberSnapshot {
    this.#noteExecuted();
    return this.#options.member.snapshot();
  }

  onLinkUp(peer: IncarnationId): void {
    this.#take({ kind: 'link-up', peer });
  }

  onLinkDown(peer: IncarnationId): void {
    this.#take({ kind: 'link-down', peer });
  }

  onGone(peer: IncarnationId): void {
    this.#take({ kind: 'gone', peer });
  }

  onReceive(peer: IncarnationId, messages: readonly PeerMessage[]): void {
    this.#take({ kind: 'receive', peer, messages });
  }

  /** Hands over what the turn has gathered, and sends what came of it. */
  #endTurn(): void {
    if (this.#leaveRequested) {
      this.#leaveRequested = false;
      this.#step({ kind: 'leave' });
    }
    this.#noteExecuted();
    if (this.#submitted.length > 0) {
      const entries = this.#submitted;
      this.#submitted = [];
      this.#step({ kind: 'submit', entries });
    }
    this.#step({ kind: 'flush' });
    this.#flushLinks();
  }

  #noteExecuted(): void {
    if (this.#executed === this.#notedExecuted) return;
    this.#notedExecuted = this.#executed;
    this.#step({ kind: 'executed', through: this.#executed });
  }

  #take(input: MemberInput): void {
    this.#step(input);
    if (this.#options.member.wantsFlush) return this.#loop.touch();
    this.#flushLinks();
    this.#loop.arm();
  }

  #flushLinks(): void {
    if (!this.#stopped) this.#options.links.flush();
  }

  #step(input: MemberInput): void {
    if (this.#stopped) return;
    this.#recentInputs.add(input);
    try {
      for (const effect of this.#options.member.step(input, this.#options.now())) {
        if (this.#stopped) return;
        this.#run(effect);
      }
    } catch (error) {
      this.#break(error);
    }
  }

  #run(effect: MemberEffect): void {
    const handler = this.#handler!;
    const { links } = this.#options;
    switch (effect.kind) {
      case 'send':
        return links.send(effect.to, effect.lane, effect.message);
      case 'ordered':
        // The layer above has work to do now, and others shall not wait for it.
        links.flush();
        // The runs themselves: their bytes are shared with the log, and were not copied since they were read.
        return handler.onOrdered(effect.ordered);
      case 'stable':
        return handler.onStable(effect.through);
      case 'view':
        return handler.onView(effect.view, effect.role);
      case 'writable':
        return handler.onWritable(effect.writable);
      case 'quorum':
        return handler.onQuorum(effect.heard);
      case 'fence':
        return this.#fence(effect.target);
      case 'excluded':
        return this.#exclude(effect.reason, effect.left);
      case 'disconnect':
        return links.disconnect(effect.peer);
      case 'report':
        return this.#report(effect);
    }
  }

  #fence(target: IncarnationId): void {
    const { fence, logger } = this.#options;
    invariant(fence !== undefined, 'a fence is asked for only if one is configured');
    logger.warn({ event: 'fence', target }, `Fencing ${target} before going on without it`);
    fence(target).then(
      (succeeded) => this.#take({ kind: 'fenced', target, succeeded }),
      (error: unknown) => {
        logger.error(
          { event: 'fence-failed', target, error: describe(error) },
          `The fence command for ${target} failed`,
        );
        this.#take({ kind: 'fenced', target, succeeded: false });
      },
    );
  }

  #exclude(reason: string, left: boolean): void {
    const { logger } = this.#options;
    logger[left ? 'info' : 'warn']({ event: 'excluded', left }, `Outside the group: ${reason}`);
    this.#halt();
    if (!left) this.#handler!.onExcluded(reason);
  }

  #report({ level, event, fields }: Report): void {
    this.#options.counters.increment(event);
    this.#options.logger[level]({ event, ...fields }, event.replaceAll('-', ' '));
  }

  /** An invariant is broken: going on could show clients what the group never agreed on. */
  #break(error: unknown): void {
    const dump = { event: 'invariant-broken', error: describe(error), ...this.#describeState() };
    this.#options.logger.error(dump, 'This member stops: an invariant is broken. Please report this with the dump.');
    this.#halt();
    this.#handler!.onExcluded(`an invariant is broken: ${error instanceof Error ? error.message : String(error)}`);
  }

  #describeState(): { snapshot: unknown; inputs: readonly string[] } {
    const inputs = this.#recentInputs.describe();
    try {
      return { snapshot: this.#options.member.snapshot(), inputs };
    } catch (error) {
      return { snapshot: describe(error), inputs };
    }
  }

  /** Nothing comes in or goes out from here on, but what was sent before. */
  #halt(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#loop.stop();
    this.#options.links.flush();
    this.#options.links.stop();
    this.#left();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
