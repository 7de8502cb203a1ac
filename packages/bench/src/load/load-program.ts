import { setTimeout as pause } from 'node:timers/promises';
import { Latency } from '../measure/latency.js';
import { waitUntil } from '../measure/wait-until.js';
import { Batches } from './batches.js';
import { LoadConnection } from './load-connection.js';
import type { LoadAnswer, LoadOrder, Traffic } from './load-order.js';

// The clients of a service, in a process of their own. They do what they are asked, and tell what they have measured.

const acceptTimeoutMs = 60_000;
/** Connections that are being opened at the same time: fewer than a listener keeps waiting. */
const openingMax = 100;

/** Connections that are to be used, and what is sent on them. */
interface Prepared {
  readonly chosen: readonly LoadConnection[];
  readonly batches: Batches;
}

/** All connections of this process. */
class Clients {
  readonly #connections: LoadConnection[] = [];
  #traffic: Traffic | undefined;

  obey(order: LoadOrder): Promise<LoadAnswer> {
    switch (order.kind) {
      case 'open':
        return this.#open(order);
      case 'closed-loop':
        return runClosedLoop(order, this.#prepare(order.active, order.depth));
      case 'paced':
        return runPaced(order, this.#prepare(order.active, 1));
    }
  }

  async #open(order: Extract<LoadOrder, { kind: 'open' }>): Promise<LoadAnswer> {
    const { address, connections: count } = order;
    this.#traffic = order.traffic;
    const batches = new Batches(order.traffic, 1);
    const startedAt = performance.now();
    const latency = new Latency();
    let missing = count;
    const openSome = async (): Promise<void> => {
      while (missing > 0) {
        missing -= 1;
        const connection = await waitUntil('The service accepts connections', acceptTimeoutMs, () =>
          LoadConnection.open(address),
        );
        this.#connections.push(connection);
        connection.expect(batches.answer);
        const askedAt = performance.now();
        await new Promise<void>((resolve) => connection.ask(batches.next(), resolve));
        latency.record(performance.now() - askedAt);
      }
    };
    await Promise.all(Array.from({ length: Math.min(count, openingMax) }, openSome));
    return { requests: count, seconds: (performance.now() - startedAt) / 1000, latency: latency.encode() };
  }

  /** The first connections, ready for batches of this depth. */
  #prepare(active: number, depth: number): Prepared {
    const chosen = this.#connections.slice(0, active);
    if (this.#traffic === undefined || chosen.length < active) throw new Error('The connections were not opened.');
    const batches = new Batches(this.#traffic, depth);
    for (const connection of chosen) connection.expect(batches.answer);
    return { chosen, batches };
  }
}

async function runClosedLoop(
  { depth, warmUpMs, measureMs }: Extract<LoadOrder, { kind: 'closed-loop' }>,
  { chosen, batches }: Prepared,
): Promise<LoadAnswer> {
  const latency = new Latency();
  const countFrom = performance.now() + warmUpMs;
  const countUntil = countFrom + measureMs;
  const work = (connection: LoadConnection): Promise<void> =>
    new Promise((resolve) => {
      let askedAt = performance.now();
      const ask = (): void => connection.ask(batches.next(), onAnswered);
      const onAnswered = (): void => {
        const now = performance.now();
        if (now >= countFrom && now < countUntil) latency.record(now - askedAt);
        askedAt = now;
        if (now < countUntil) ask();
        else resolve();
      };
      ask();
    });
  await Promise.all(chosen.map(work));
  return { requests: latency.count * depth, seconds: measureMs / 1000, latency: latency.encode() };
}

async function runPaced(
  { active, requestsPerSecond, durationMs }: Extract<LoadOrder, { kind: 'paced' }>,
  { chosen, batches }: Prepared,
): Promise<LoadAnswer> {
  const latency = new Latency();
  const startedAt = performance.now();
  const intervalMs = 1000 / requestsPerSecond;
  let sent = 0;
  for (let now = startedAt; now < startedAt + durationMs; now = performance.now()) {
    for (let dueAt = startedAt + sent * intervalMs; dueAt <= now; dueAt += intervalMs) {
      chosen[sent % active]!.ask(batches.next(), () => latency.record(performance.now() - dueAt));
      sent += 1;
    }
    await pause(1);
  }
  await waitUntil('Everything is answered', acceptTimeoutMs, () => chosen.every(({ isIdle }) => isIdle) || undefined);
  return { requests: sent, seconds: durationMs / 1000, latency: latency.encode() };
}

const clients = new Clients();
process.on('message', (order: LoadOrder) => void clients.obey(order).then((answer) => process.send!(answer)));
process.on('disconnect', () => process.exit());
