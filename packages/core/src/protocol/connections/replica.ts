import type { IncarnationId, Milliseconds, OrderNumber, Segment, View } from '@lockstep/contracts';
import { earliest } from '../earliest.js';
import { InvariantBroken } from '../invariant.js';
import { Attachments } from './attachments.js';
import type { OutputSegment } from './client-link.js';
import { Deferral } from './deferral.js';
import { ExpiryWatch } from './expiry-watch.js';
import type { ReplicaConnection } from './replica-connection.js';
import type {
  ConnectionKey,
  OrderedEntries,
  OrderedEntry,
  ReplicaConnectionSnapshot,
  ReplicaEffect,
  ReplicaInput,
  ReplicaSettings,
  ReplicaSnapshot,
} from './replica-io.js';
import { ReplicaState } from './replica-state.js';
import type { TableEvent } from './table-change.js';
import { connectionsOf } from './table-records.js';

/**
 * One replica of the virtual connections: applies the order to the replicated table, tells the service what to do, caches what
 * it puts out, and serves the client interceptors that are attached here.
 *
 * Pure: everything that happens comes in through `step`, everything to be done comes back as effects, to be executed in list
 * order before the next step.
 */
export class Replica {
  readonly #state: ReplicaState;
  readonly #attachments: Attachments;
  readonly #watch: ExpiryWatch;
  readonly #deferral = new Deferral();
  #isCacheExceeded = false;

  constructor(self: IncarnationId, settings: ReplicaSettings) {
    this.#state = new ReplicaState(self, settings);
    this.#attachments = new Attachments(this.#state);
    this.#watch = new ExpiryWatch(self, settings.expireClientAfterMs);
  }

  /**
   * @param now never less than before
   * @throws InvariantBroken if the group or the driver breaks its contract; this replica is of no use then
   */
  step(input: ReplicaInput, now: Milliseconds): readonly ReplicaEffect[] {
    const state = this.#state;
    const stoodStillMs = state.settings.suspectAfterMs / 2;
    const mayHaveStoodStill = now - state.now > stoodStillMs;
    state.now = now;
    // A process that stood still has not read what would have shown its clients alive.
    if (mayHaveStoodStill && now - (this.nextDeadline() ?? now) > stoodStillMs) this.#attachments.forgiveSilence();
    this.#handle(input);
    return state.takeEffects();
  }

  /** When `tick` is to be given at the latest, or undefined if nothing waits for time to pass. */
  nextDeadline(): Milliseconds | undefined {
    const ofOrder = earliest(this.#watch.nextDeadline(), this.#deferral.nextDeadline());
    return earliest(this.#attachments.nextDeadline(), ofOrder);
  }

  /** Whether a `flush` would have something to do. */
  get wantsFlush(): boolean {
    return this.#attachments.wantFlush;
  }

  snapshot(): ReplicaSnapshot {
    const { table, cache, stable } = this.#state;
    return {
      applied: table.applied,
      stable,
      deferred: this.#deferral.size,
      clients: table.clients().map((record) => ({
        id: record.client,
        epoch: record.epoch,
        attached: this.#attachments.serves(record),
      })),
      connections: cache.size,
      cacheBytes: cache.bytes,
    };
  }

  /** What replicas agree on after the entry `snapshot().applied`, as text: equal texts are equal tables. */
  digest(): string {
    return this.#state.table.digest();
  }

  /** The live connections, by client and number, for checks. */
  connections(): ReplicaConnectionSnapshot[] {
    return this.#state.table.clients().flatMap((client) =>
      connectionsOf(client).map((record) => {
        const { output, paused } = this.#local(record.key);
        return {
          key: record.key,
          client: client.client,
          epoch: client.epoch,
          connection: record.connection,
          endpoint: record.endpoint,
          input: record.input,
          inputEnded: record.inputEnded,
          acknowledged: record.acknowledged,
          produced: output.produced,
          outputState: output.state,
          sent: output.sent,
          cacheBytes: output.bytes,
          paused,
        };
      }),
    );
  }

  /** The cached output of a live connection, in order, for checks. */
  cacheOf(key: ConnectionKey): OutputSegment[] {
    return this.#local(key).output.pieces();
  }

  #handle(input: ReplicaInput): void {
    const attachments = this.#attachments;
    switch (input.kind) {
      case 'ordered':
        return this.#ordered(input.entries);
      case 'stable':
        return this.#stable(input.through);
      case 'view':
        return this.#view(input.view, input.role);
      case 'writable':
        return attachments.groupWritable(input.writable);
      case 'quorum':
        this.#state.hearsQuorum = input.heard;
        return input.heard ? undefined : attachments.sendAway('no-quorum');
      case 'client-link-up':
        this.#catchUp();
        return attachments.linkUp(input.client);
      case 'client-link-down':
        return attachments.linkDown(input.client);
      case 'client-messages':
        return attachments.receive(input.client, input.messages);
      case 'client-link-writable':
        return attachments.linkWritable(input.client, input.writable);
      case 'output':
        return this.#output(input.connection, input.segment, input.cause);
      case 'output-end':
        return this.#output(input.connection, 'end', input.cause);
      case 'output-reset':
        return this.#output(input.connection, 'reset', input.cause);
      case 'input-taken':
        return this.#taken(input.connection, input.units);
      case 'leaving':
        this.#catchUp();
        this.#state.leaving = true;
        return attachments.sendAway('leaving');
      case 'flush':
        return attachments.flush();
      case 'tick':
        return this.#tick();
    }
  }

  #ordered(entries: OrderedEntries): void {
    if (this.#attachments.hasLinks) return this.#applyAll(entries);
    this.#deferral.add(entries, this.#state.now);
    if (this.#deferral.isDue(this.#state.now)) this.#catchUp();
  }

  /** Applies what was put off. */
  #catchUp(): void {
    if (this.#deferral.size === 0) return;
    for (const entries of this.#deferral.take()) this.#applyAll(entries);
  }

  #applyAll(entries: OrderedEntries): void {
    for (const entry of entries.read()) this.#apply(entry);
    this.#attachments.settle();
  }

  #apply(ordered: OrderedEntry): void {
    const { order } = ordered;
    const { operations, events } = this.#state.table.apply(ordered);
    this.#state.emit({ kind: 'execute', order, operations });
    for (const event of events) this.#follow(event, order);
  }

  /** Lets the local parts follow the table. */
  #follow(event: TableEvent, order: OrderNumber): void {
    const { cache, now } = this.#state;
    switch (event.kind) {
      case 'opened':
        return cache.open(event.connection);
      case 'given':
        return this.#given(event.connection.key, event.segment);
      case 'acknowledged':
        return this.#acknowledged(this.#local(event.connection.key));
      case 'closed':
        return this.#attachments.closed(cache.close(event.connection.key));
      case 'batch':
        return this.#attachments.batchApplied(event.record, order);
      case 'attached':
        this.#watch.observe(event.record, now);
        return this.#attachments.attached(event.record, event.previous, order);
      case 'detached':
        return this.#watch.observe(event.record, now);
      case 'not-attached':
        return this.#attachments.lost(event.attachee, order, event.reason);
      case 'expired': {
        const { client, epoch } = event.attachee;
        this.#watch.forget(client);
        this.#attachments.lost(event.attachee, order, 'expired');
        const fault = event.fault ?? 'none';
        return this.#state.report(event.fault === undefined ? 'info' : 'warn', 'client-expired', {
          ...{ client, epoch, fault },
        });
      }
      case 'ignored':
        return this.#state.report('debug', 'entry-ignored', { order, reason: event.reason });
    }
  }

  #stable(through: OrderNumber): void {
    if (through < this.#state.stable)
      throw new InvariantBroken(`stable goes back from ${this.#state.stable} to ${through}`);
    this.#state.stable = through;
    this.#release();
    this.#attachments.settle();
  }

  #view(view: View, role: 'member' | 'learner'): void {
    this.#catchUp();
    this.#state.view = view;
    this.#state.role = role;
    this.#watch.view(view, this.#state.table.clients(), this.#state.now);
    this.#attachments.viewChanged();
  }

  #output(key: ConnectionKey, output: Segment | 'end' | 'reset', cause: OrderNumber): void {
    const { cache, table } = this.#state;
    // What is no unit long has no place among the rest, and is dropped, as it is among requests.
    if (output !== 'end' && output !== 'reset' && output.length === 0) return;
    const connection = cache.get(key);
    // The order has ended the connection; the service, which is behind, does not know yet.
    if (connection === undefined) return;
    if (output === 'reset') this.#void(connection);
    if (connection.output.state !== 'open') {
      // A service may half-close first and break the rest later. Whether it gets to the second is a matter of timing, so
      // it is not part of the output, which is the same on every replica.
      return this.#state.report('debug', 'output-behind-end', { connection: key });
    }
    if (cause > table.applied)
      throw new InvariantBroken(`output on ${key} caused by entry ${cause}, which was not applied`);
    cache.produce(connection, output, cause);
    this.#release();
    if (!connection.paused && cache.isFull(connection)) {
      connection.paused = true;
      this.#state.emit({ kind: 'pause-output', connection: key });
    }
    this.#noteCacheSize();
  }

  #acknowledged(connection: ReplicaConnection): void {
    const { cache } = this.#state;
    cache.acknowledge(connection);
    this.#attachments.offer(connection);
    if (connection.paused && cache.hasRoom(connection)) {
      connection.paused = false;
      this.#state.emit({ kind: 'resume-output', connection: connection.record.key });
    }
    this.#noteCacheSize();
  }

  #release(): void {
    const { cache, stable } = this.#state;
    for (let next = cache.releaseNext(stable); next !== undefined; next = cache.releaseNext(stable)) {
      if (!next.isClosed) this.#attachments.offer(next);
    }
  }

  #given(key: ConnectionKey, segment: Segment): void {
    const connection = this.#local(key);
    const { taken } = connection.credit;
    connection.credit.give(segment);
    if (connection.credit.taken > taken) this.#attachments.credit(connection);
  }

  #taken(key: ConnectionKey, units: number): void {
    const connection = this.#state.cache.get(key);
    if (connection === undefined) return;
    connection.credit.take(units);
    this.#attachments.credit(connection);
  }

  #void(connection: ReplicaConnection): void {
    connection.credit.void();
    this.#attachments.credit(connection);
  }

  #tick(): void {
    if (this.#state.now >= (this.#deferral.nextDeadline() ?? Infinity)) this.#catchUp();
    this.#attachments.tick();
    for (const { client, epoch } of this.#watch.takeExpired(this.#state.now)) {
      this.#state.report('info', 'client-away', { client, epoch });
      this.#state.emit({ kind: 'submit', entry: { kind: 'expire', client, epoch } });
    }
  }

  #noteCacheSize(): void {
    const { cache } = this.#state;
    if (cache.exceeded === this.#isCacheExceeded) return;
    this.#isCacheExceeded = cache.exceeded;
    this.#state.report(cache.exceeded ? 'warn' : 'info', cache.exceeded ? 'cache-full' : 'cache-has-room', {
      bytes: cache.bytes,
    });
  }

  #local(key: ConnectionKey): ReplicaConnection {
    const connection = this.#state.cache.get(key);
    if (connection === undefined) throw new InvariantBroken(`connection ${key} is not live`);
    return connection;
  }
}
