import { expect } from 'chai';
import { CountingLoad, type CountingPlan } from '../support/counting-load.js';
import type { LiveGroup } from '../support/live-group/live-group.js';

/**
 * Ten clients count a number up to the total, while every replica is killed twice, in turn: once its interceptor, and once
 * all that runs on its host. Each is started again and is a full member before the next dies. The requests are allowed in
 * equal shares, so that every kill falls into the load, however fast that is.
 */
export async function countThroughKills(
  group: LiveGroup,
  total: number,
  plan: Pick<CountingPlan, 'request' | 'parse'>,
): Promise<void> {
  const kills = [
    ...group.hosts.map((victim) => ({ victim, kill: () => victim.killInterceptor() })),
    ...group.hosts.map((victim) => ({ victim, kill: () => victim.killAll() })),
  ];
  const share = total / (kills.length + 1);
  const load = await CountingLoad.start({ ...plan, port: group.clientPort, connections: 10, depthMax: 8 }, 0);
  let findings: readonly string[];
  try {
    for (const [index, { victim, kill }] of kills.entries()) {
      load.allowed = Math.ceil(share * (index + 1));
      await load.untilReplied(Math.floor(share * (index + 0.2)));
      await kill();
      victim.start();
      await group.untilMembersAre(...group.names);
    }
    load.allowed = total;
    await load.untilReplied(total);
  } finally {
    findings = await load.finish();
  }
  expect(findings).to.deep.equal([]);
  expect(load.replied).to.equal(total);
}
