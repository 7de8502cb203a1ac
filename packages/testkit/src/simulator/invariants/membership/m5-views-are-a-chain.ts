import { memberNameOf } from '@lockstep/contracts';
import type { Chronicle } from '../../chronicle/chronicle.js';
import type { ViewRecord } from '../../chronicle/view-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** M5: views form one chain; another life of the group begins only when nobody of the one before is left in it. */
export function m5({ members, world }: Chronicle): Invariant {
  return {
    name: 'M5',
    viewFormed(_group, view, before) {
      if (view.number === 1) checkGenesis(view);
      else if (before === undefined) throw new Violation('M5', `${view.label} has no predecessor`);
      else if (before.next !== undefined) throw new Violation('M5', `${before.label} is followed twice`);
      else if (view.start < before.start) throw new Violation('M5', `${view.label} begins before its predecessor does`);
    },
  };

  function checkGenesis(view: ViewRecord): void {
    const isBootstrap = view.view.members.length === 1 && world.plan.bootstrap !== undefined;
    const names = view.view.members.map(({ incarnation }) => memberNameOf(incarnation)).sort();
    const configured = world.plan.group.members.map(({ name }) => name).sort();
    if (!isBootstrap && names.join() !== configured.join()) {
      throw new Violation('M5', `${view.label} was founded by [${names.join(' ')}] only`);
    }
    for (const other of members.values()) {
      // Whoever is left of a first view that ordered nothing is no group that could go on.
      const isStillborn = other.view?.number === 1 && other.group?.final === 0;
      if (other.isAlive && other.view !== undefined && other.view !== view && !isStillborn && !isBootstrap) {
        throw new Violation('M5', `${view.label} was founded while ${other.id} was in ${other.view.label}`);
      }
    }
  }
}
