import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { echoTraffic, localHosts, startEchoGroup } from '../echo/echo-group.js';
import { LoadClient, type LoadResult } from '../load/load-client.js';
import type { Table } from '../report/table.js';
import { type LoadPlan, messageBytes, runLoad } from './load-plan.js';

/** What one size of the group has brought. */
interface MemberResult {
  readonly members: number;
  readonly single: LoadResult;
  readonly crowd: LoadResult;
}

export async function measureMembers(folder: string, members: number, plan: LoadPlan): Promise<MemberResult> {
  const ownFolder = join(folder, `${members}-members`);
  mkdirSync(ownFolder);
  const group = await startEchoGroup(ownFolder, localHosts(members), { gate: 'none' });
  const clients = new LoadClient();
  try {
    await group.untilWhole();
    await clients.open(group.clientAddress, plan.active, echoTraffic(messageBytes));
    return {
      members,
      single: await runLoad(clients, 1, plan),
      crowd: await runLoad(clients, plan.active, plan),
    };
  } finally {
    await clients.stop();
    await group.stop();
  }
}

export function memberTable(results: readonly MemberResult[], { active }: LoadPlan): Table {
  return {
    title: 'scale: as members grow',
    columns: [
      { heading: 'members' },
      { heading: '1 active, p50 µs' },
      { heading: 'p99 µs' },
      { heading: `${active} active, requests/s` },
      { heading: 'p50 µs' },
      { heading: 'p99 µs' },
    ],
    rows: results.map(({ members, single, crowd }) => {
      const [one, many] = [single.latency.summary(), crowd.latency.summary()];
      return [`Lockstep, ${members}`, one.p50Us, one.p99Us, crowd.requestsPerSecond, many.p50Us, many.p99Us];
    }),
    notes: [
      'All members, their services and the clients share the processors of one machine, so that more members mean less for each.',
    ],
  };
}
