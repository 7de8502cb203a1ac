import type { ClientId } from '@lockstep/contracts';
import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** K3: nothing is acknowledged, and so trimmed, that its client has not taken. */
export function k3({ clients }: Chronicle): Invariant {
  return {
    name: 'K3',
    acknowledged({ client, number, key, acknowledged }) {
      const taken = clients.get(client as ClientId)!.takenOf(number);
      if (acknowledged > taken)
        throw new Violation('K3', `${key} is acknowledged up to ${acknowledged}, its client has taken ${taken}`);
    },
  };
}
