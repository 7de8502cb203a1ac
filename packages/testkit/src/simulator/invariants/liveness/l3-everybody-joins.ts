import type { Chronicle } from '../../chronicle/chronicle.js';
import type { Invariant } from '../invariant.js';

/** L3: live processes outside the view join it: in the end every configured name is a member, every client interceptor attached. */
export function l3(chronicle: Chronicle): Invariant {
  return {
    name: 'L3',
    unfinished() {
      for (const { name, process } of chronicle.world.memberHosts.values()) {
        const state = process?.snapshot.state ?? 'dead';
        if (state !== 'member') return `${process?.id ?? name} is ${state}`;
      }
      for (const { name, process } of chronicle.world.clientHosts) {
        const state = process?.engine.snapshot().state ?? 'dead';
        if (state !== 'attached') return `${process?.id ?? name} is ${state}`;
      }
      return undefined;
    },
  };
}
