import { setTimeout as pause } from 'node:timers/promises';
import { LoadConnection } from '../load/load-connection.js';
import { waitUntil } from '../measure/wait-until.js';
import type { StallAnswer, StallOrder } from './stall-order.js';

// The clients of an echo service that fails over, in a process of their own. Arguments: the host and the port.

const answerTimeoutMs = 60_000;
const paceMs = 2;
/** So many answers show that all is well before the failure. */
const answersBefore = 50;

const [host = '', port = ''] = process.argv.slice(2);
const message = Buffer.from(`${'x'.repeat(31)}\n`);

/** One connection, and the longest that a request on it has taken. */
class WatchedConnection {
  readonly #connection: LoadConnection;
  longestMs = 0;
  answers = 0;

  constructor(connection: LoadConnection) {
    this.#connection = connection;
    connection.expect(message);
  }

  get isIdle(): boolean {
    return this.#connection.isIdle;
  }

  ask(since: number, onAnswered: () => void = () => undefined): void {
    this.#connection.ask(message, () => {
      this.longestMs = Math.max(this.longestMs, performance.now() - since);
      this.answers += 1;
      onAnswered();
    });
  }

  close(): void {
    this.#connection.close();
  }
}

/** The two clients, while they ask. */
class Clients {
  readonly #oneInFlight: WatchedConnection;
  readonly #paced: WatchedConnection;
  #isSending = true;

  constructor(oneInFlight: WatchedConnection, paced: WatchedConnection) {
    this.#oneInFlight = oneInFlight;
    this.#paced = paced;
  }

  async begin(): Promise<StallAnswer> {
    this.#askAgain();
    void this.#keepPace();
    const both = [this.#oneInFlight, this.#paced];
    await waitUntil(
      'Requests are answered',
      answerTimeoutMs,
      () => both.every(({ answers }) => answers >= answersBefore) || undefined,
    );
    // What it took to begin is no stall.
    for (const connection of both) connection.longestMs = 0;
    return { oneInFlightMs: 0, pacedMs: 0 };
  }

  async end(): Promise<StallAnswer> {
    this.#isSending = false;
    const [oneInFlight, paced] = [this.#oneInFlight, this.#paced];
    await waitUntil(
      'All requests are answered',
      answerTimeoutMs,
      () => (oneInFlight.isIdle && paced.isIdle) || undefined,
    );
    oneInFlight.close();
    paced.close();
    return { oneInFlightMs: oneInFlight.longestMs, pacedMs: paced.longestMs };
  }

  #askAgain(): void {
    if (this.#isSending) this.#oneInFlight.ask(performance.now(), () => this.#askAgain());
  }

  async #keepPace(): Promise<void> {
    for (let dueAt = performance.now(); this.#isSending; dueAt += paceMs) {
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await pause(waitMs);
      this.#paced.ask(dueAt);
    }
  }
}

function serve(): void {
  let clients: Clients | undefined;
  const obey = async (order: StallOrder): Promise<StallAnswer> => {
    if (order.kind === 'end') return clients!.end();
    clients = new Clients(await open(), await open());
    return clients.begin();
  };
  process.on('message', (order: StallOrder) => void obey(order).then((answer) => process.send!(answer)));
  process.on('disconnect', () => process.exit());
}

async function open(): Promise<WatchedConnection> {
  const connect = (): Promise<LoadConnection> => LoadConnection.open({ host, port: Number(port) });
  return new WatchedConnection(await waitUntil('The service accepts connections', answerTimeoutMs, connect));
}

serve();
