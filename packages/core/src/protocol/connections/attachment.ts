import type { ClientId, ConnectionNumber, Epoch, Milliseconds, Position } from '@lockstep/contracts';
import type { MemberToClient, News, OutputSegment } from './client-link.js';
import { Fifo } from '../fifo.js';
import { Gathering, Slot } from '../gathering.js';
import type { CommandCheck } from './command-check.js';
import { connectionLimits } from './limits.js';
import type { ReplicaConnection } from './replica-connection.js';

/**
 * One link of a client interceptor to this replica, from its coming up to its end, and what is to be sent on it at the next
 * flush. It is attached at most once; whoever attaches again does so on a new link.
 */
export class Attachment {
  readonly client: ClientId;
  /**
   * - `idle`: has not asked to be attached;
   * - `asked`: its `attach` was submitted;
   * - `attached`: its `attach` is stable, and it was told so;
   * - `over`: by the order it has no right any more to be served; it will be told when that is stable.
   */
  state: 'idle' | 'asked' | 'attached' | 'over' = 'idle';
  /** The epoch that it has asked for; 0 before. */
  epoch = 0 as Epoch;
  /** Set while it is attached. */
  check: CommandCheck | undefined;
  /** The link takes more bytes. */
  writable = true;
  heardAt: Milliseconds;
  sentAt: Milliseconds;
  readonly active = new Slot<Attachment>(this);
  /** Connections that may have output to send. */
  readonly #sendable = new Gathering<ReplicaConnection>();
  /** Connections of whose taken input the client has not been told. */
  readonly #credits = new Gathering<ReplicaConnection>();
  /** News are to be told soon, not just when there is output to send. */
  #newsDue = false;
  /** For each submission that is not stable, in their order, whether it is but a part of a batch. */
  readonly #underWay = new Fifo<boolean>();
  #stableBatches = 0;
  #toldBatches = 0;

  constructor(client: ClientId, now: Milliseconds) {
    this.client = client;
    this.heardAt = now;
    this.sentAt = now;
  }

  /** Whether news are to be told at the next flush, be there output to send or not. */
  get newsDue(): boolean {
    return this.#newsDue;
  }

  /** Commands of this attachment are on their way into the order: a part of a batch, or all that was left of it. */
  submitted(isPart: boolean): void {
    this.#underWay.push(isPart);
  }

  /** The next of what was submitted has become stable. */
  submissionStable(): void {
    const isPart = this.#underWay.shift();
    if (isPart) return;
    this.#stableBatches += 1;
    if (this.#stableBatches - this.#toldBatches >= connectionLimits.untoldBatchesMax) this.#newsDue = true;
  }

  /** The connection may have output to send. */
  offer(connection: ReplicaConnection): void {
    this.#sendable.add(connection.sendable);
  }

  /**
   * The service has taken more of the connection's input.
   *
   * @param due the client is to be told soon, not just when there is something else to say
   */
  credit(connection: ReplicaConnection, due: boolean): void {
    this.#credits.add(connection.credited);
    if (due) this.#newsDue = true;
  }

  /** Nobody has heard anything for a while: tell what is left to be told. */
  hurry(): void {
    this.#newsDue = this.#hasNews();
  }

  closed(connection: ReplicaConnection): void {
    this.#sendable.delete(connection.sendable);
    this.#credits.delete(connection.credited);
    this.check?.closed(connection.record.connection);
  }

  /** What is to be said now. Output stays where it is while the link is not writable, or the window is full. */
  takeMessages(windowBytes: number): MemberToClient[] {
    if (this.state !== 'attached' || !this.writable) return [];
    const { epoch } = this;
    const messages: MemberToClient[] = [];
    const segments = this.#takeOutput(windowBytes, messages);
    const hasOutput = segments.length > 0;
    const news = this.#newsDue || (hasOutput && this.#hasBatchNews) ? this.#takeNews() : [];
    const riding = hasOutput && news.length === 1 && news[0]!.taken.length <= connectionLimits.ridingTakenMax;
    if (hasOutput) messages.push({ kind: 'output', epoch, segments, news: riding ? news[0] : undefined });
    if (!riding) for (const each of news) messages.push({ kind: 'progress', epoch, ...each });
    return messages;
  }

  /** Credit alone, for a part of a request, is worth nothing before it is due. */
  get #hasBatchNews(): boolean {
    return this.#stableBatches > this.#toldBatches;
  }

  /**
   * @param messages gets what fills a message
   * @returns what fills none
   */
  #takeOutput(windowBytes: number, messages: MemberToClient[]): OutputSegment[] {
    let segments: OutputSegment[] = [];
    let bytes = 0;
    for (const connection of this.#sendable.take()) {
      for (;;) {
        const segment = connection.output.takeSendable(windowBytes);
        if (segment === undefined) break;
        const segmentBytes = segment.kind === 'data' ? segment.payload.length : 0;
        if (segments.length > 0 && bytes + segmentBytes > connectionLimits.outputMessageBytesMax) {
          messages.push({ kind: 'output', epoch: this.epoch, segments, news: undefined });
          segments = [];
          bytes = 0;
        }
        segments.push(segment);
        bytes += segmentBytes;
      }
    }
    return segments;
  }

  #hasNews(): boolean {
    return this.#hasBatchNews || this.#credits.size > 0;
  }

  /** News go with output, which a request mostly brings about: alone they would cost a write for each request. */
  #takeNews(): News[] {
    const news: News[] = [];
    let taken: { connection: ConnectionNumber; position: Position }[] = [];
    const say = (): void => {
      news.push({ stableBatches: this.#stableBatches, taken });
      taken = [];
    };
    for (const { record, credit } of this.#credits.take()) {
      if (taken.length === connectionLimits.listedConnectionsMax) say();
      taken.push({ connection: record.connection, position: credit.taken });
      credit.told();
    }
    say();
    this.#newsDue = false;
    this.#toldBatches = this.#stableBatches;
    return news;
  }
}
