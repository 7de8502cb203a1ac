import type { Benchmark, Scale } from '../benchmark.js';
import { activityTable, measureConnections, memoryTable } from './connection-scale.js';
import type { LoadPlan } from './load-plan.js';
import { measureMembers, memberTable } from './member-scale.js';

interface Plan extends LoadPlan {
  /** Over one client interceptor. */
  readonly connections: readonly number[];
  readonly members: readonly number[];
}

const plans: Readonly<Record<Scale, Plan>> = {
  short: { connections: [100], members: [1, 3], active: 10, warmUpMs: 100, measureMs: 200 },
  full: { connections: [10, 1000, 10_000], members: [1, 3, 5, 7], active: 50, warmUpMs: 2000, measureMs: 4000 },
};

/** Many connections, many members. */
export const scale: Benchmark = {
  name: 'scale',
  description:
    'memory of idle connections over one client interceptor, and speed among many of them and with more members',
  run: async ({ scale: extent, folder, progress }) => {
    const plan = plans[extent];
    const connectionResults: Awaited<ReturnType<typeof measureConnections>>[] = [];
    for (const connections of plan.connections) {
      progress(`${connections} connections`);
      connectionResults.push(await measureConnections(folder, connections, plan));
    }
    const memberResults: Awaited<ReturnType<typeof measureMembers>>[] = [];
    for (const members of plan.members) {
      progress(`${members} members`);
      memberResults.push(await measureMembers(folder, members, plan));
    }
    return [memoryTable(connectionResults), activityTable(connectionResults, plan), memberTable(memberResults, plan)];
  },
};
