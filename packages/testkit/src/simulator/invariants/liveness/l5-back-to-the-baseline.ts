import type { ClientId } from '@lockstep/contracts';
import type { Chronicle } from '../../chronicle/chronicle.js';
import type { MemberProcess } from '../../processes/member-process.js';
import type { Invariant } from '../invariant.js';

/** L5: logs, caches and queues return to their baseline: all is stable and executed, nothing is cached, nothing waits. */
export function l5(chronicle: Chronicle): Invariant {
  const { world } = chronicle;
  return {
    name: 'L5',
    unfinished() {
      for (const process of world.members) {
        const left = leftIn(process);
        if (left !== undefined) return `${process.id} ${left}`;
      }
      const reference = chronicle.group && chronicle.referenceOf(chronicle.group);
      for (const client of reference?.clients.keys() ?? []) {
        if (!chronicle.clients.get(client as ClientId)!.process.isAlive)
          return `the group still knows ${client}, which is gone`;
      }
      for (const { key, isLive, acknowledged, output, outputEnd } of reference?.connections.values() ?? []) {
        const produced = output.length + (outputEnd === undefined ? 0 : 1);
        if (isLive && acknowledged < produced)
          return `${key} is acknowledged up to ${acknowledged} only, of ${produced}`;
      }
      for (const { process } of world.clientHosts) {
        const snapshot = process?.engine.snapshot();
        if (snapshot !== undefined && snapshot.waitingBytes > 0)
          return `${process!.id} keeps ${snapshot.waitingBytes} bytes of requests`;
      }
      return undefined;
    },
  };

  function leftIn({ id, snapshot, replica }: MemberProcess): string | undefined {
    const { ordered, stable, executed, wedged, suspects } = snapshot;
    const final = chronicle.members.get(id)!.group?.final;
    if (ordered !== final || stable !== final || executed !== final) {
      return `has ordered ${ordered}, stable ${stable}, executed ${executed}, the group has ${final}`;
    }
    if (wedged || suspects.length > 0) return `is ${wedged ? 'wedged' : `suspicious of ${suspects.join(' ')}`}`;
    if (replica === undefined) return undefined;
    const { cacheBytes } = replica.replica.snapshot();
    if (cacheBytes > 0) return `caches ${cacheBytes} bytes of output`;
    return replica.isIdle ? undefined : 'has a service at work';
  }
}
