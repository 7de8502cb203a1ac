import { connect, type Socket } from 'node:net';
import { Latency } from '../measure/latency.js';
import { waitUntil } from '../measure/wait-until.js';
import type { PingAnswer, PingOrder, PingTarget } from './ping-order.js';

// The client: sends a message, waits until all of it has come back, and so on. Its argument is the order, its output the answer.

const connectTimeoutMs = 30_000;
const exchangeTimeoutMs = 60_000;

const { targets, messageBytes, turns, warmUpTurns, turnMs, settleMs } = JSON.parse(process.argv[2]!) as PingOrder;
const message = Buffer.from(Uint8Array.from({ length: messageBytes }, (_, index) => index % 251));

const sockets = new Map<PingTarget, Socket>();
for (const target of targets) {
  sockets.set(target, await waitUntil(`${target.name} accepts connections`, connectTimeoutMs, () => open(target)));
}
const watch = setTimeout(() => {
  throw new Error(`No answer for ${exchangeTimeoutMs} ms.`);
}, exchangeTimeoutMs);

const settled = new Map(targets.map((target) => [target, new Latency()]));
const rested = new Map(targets.map((target) => [target, new Latency()]));
await takeTurns(warmUpTurns, () => undefined);
await takeTurns(turns, (target, milliseconds, startedAt) => {
  (startedAt < settleMs ? rested : settled).get(target)!.record(milliseconds);
});

clearTimeout(watch);
for (const socket of sockets.values()) socket.destroy();
const answer: PingAnswer = Object.fromEntries(
  targets.map((target) => [
    target.name,
    { settled: settled.get(target)!.encode(), rested: rested.get(target)!.encode() },
  ]),
);
process.stdout.write(JSON.stringify(answer));

/** @param record told how long an exchange took, and when in its turn it began; both in milliseconds */
async function takeTurns(
  count: number,
  record: (target: PingTarget, milliseconds: number, startedAt: number) => void,
): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    for (const [target, socket] of sockets) {
      const turnStartedAt = performance.now();
      for (let startedAt = 0; startedAt < turnMs; startedAt = performance.now() - turnStartedAt)
        record(target, await exchange(socket), startedAt);
      watch.refresh();
    }
  }
}

/** A hop accepts before it knows whether the next one does, so a connection counts when a byte has come back. */
function open({ host, port }: PingTarget): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => socket.write('?'));
    socket.once('data', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}

function exchange(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = 0;
    const startedAt = performance.now();
    const onData = (chunk: Buffer): void => {
      const isSame = message.compare(chunk, 0, chunk.byteLength, received, received + chunk.byteLength) === 0;
      received += chunk.byteLength;
      if (isSame && received < messageBytes) return;
      socket.off('data', onData);
      if (isSame) resolve(performance.now() - startedAt);
      else reject(new Error('What came back is not what was sent.'));
    };
    socket.on('data', onData);
    socket.write(message);
  });
}
