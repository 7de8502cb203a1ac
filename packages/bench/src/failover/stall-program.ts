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

let isSending = false;
let connections: readonly [WatchedConnection, WatchedConnection] | undefined;

process.on('message', (order: StallOrder) => {
  void (order.kind === 'begin' ? begin() : end()).then((answer) => process.send!(answer));
});
process.on('disconnect', () => process.exit());

async function begin(): Promise<StallAnswer> {
  const oneInFlight = await open();
  const paced = await open();
  connections = [oneInFlight, paced];
  isSending = true;
  askAgain(oneInFlight);
  void keepPace(paced);
  await waitUntil('Requests are answered', answerTimeoutMs, () =>
    connections!.every(({ answers }) => answers >= answersBefore) ? true : undefined,
  );
  // What it took to begin is no stall.
  for (const connection of connections) connection.longestMs = 0;
  return { oneInFlightMs: 0, pacedMs: 0 };
}

async function end(): Promise<StallAnswer> {
  isSending = false;
  const [oneInFlight, paced] = connections!;
  await waitUntil(
    'All requests are answered',
    answerTimeoutMs,
    () => (oneInFlight.isIdle && paced.isIdle) || undefined,
  );
  oneInFlight.close();
  paced.close();
  return { oneInFlightMs: oneInFlight.longestMs, pacedMs: paced.longestMs };
}

async function open(): Promise<WatchedConnection> {
  const connect = (): Promise<LoadConnection> => LoadConnection.open(host, Number(port));
  return new WatchedConnection(await waitUntil('The service accepts connections', answerTimeoutMs, connect));
}

function askAgain(connection: WatchedConnection): void {
  if (!isSending) return;
  connection.ask(performance.now(), () => askAgain(connection));
}

async function keepPace(connection: WatchedConnection): Promise<void> {
  for (let dueAt = performance.now(); isSending; dueAt += paceMs) {
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await pause(waitMs);
    connection.ask(dueAt);
  }
}
