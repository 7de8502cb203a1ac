import { setTimeout as pause } from 'node:timers/promises';
import { Latency } from '../measure/latency.js';
import { createEmbeddedMember } from './embedded-member.js';
import type { MemberAnswer, MemberOrder } from './member-orders.js';
import { Submitter } from './submitter.js';

// One member of the group that is measured, in a process of its own. Arguments: its name, all link ports by name, and `tcp` for
// links as between hosts.

const [name = '', ports = '', carrier] = process.argv.slice(2);
const addresses = JSON.parse(ports) as Record<string, number>;
const { engine, incarnation } = await createEmbeddedMember(addresses, name, carrier === 'tcp');
const submitter = new Submitter(engine, incarnation, Object.keys(addresses).length, () => tell({ kind: 'ready' }));

process.on('message', (order: MemberOrder) => void obey(order));
process.on('disconnect', () => process.exit());
await engine.start(submitter);

async function obey(order: MemberOrder): Promise<void> {
  const answer = order.kind === 'full-window' ? await runFullWindow(order) : await runOneInFlight(order);
  submitter.stop();
  while (!submitter.isIdle) await pause(1);
  tell(answer);
}

async function runFullWindow(order: Extract<MemberOrder, { kind: 'full-window' }>): Promise<MemberAnswer> {
  submitter.fill(new Uint8Array(order.entryBytes), order.windowEntries);
  await pause(order.warmUpMs);
  const startedAt = performance.now();
  const before = submitter.stableEntries;
  await pause(order.measureMs);
  const seconds = (performance.now() - startedAt) / 1000;
  return { kind: 'full-window', entriesPerSecond: (submitter.stableEntries - before) / seconds };
}

async function runOneInFlight(order: Extract<MemberOrder, { kind: 'one-in-flight' }>): Promise<MemberAnswer> {
  const latency = new Latency();
  let submittedAt = performance.now();
  let isWarm = false;
  submitter.onOwnStable = () => {
    const now = performance.now();
    if (isWarm) latency.record(now - submittedAt);
    submittedAt = now;
  };
  submitter.fill(new Uint8Array(order.entryBytes), 1);
  await pause(order.warmUpMs);
  isWarm = true;
  await pause(order.measureMs);
  submitter.onOwnStable = () => undefined;
  return { kind: 'one-in-flight', latency: latency.encode() };
}

function tell(answer: MemberAnswer): void {
  process.send!(answer);
}
