import type { ClientId } from '@lockstep/contracts';
import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** K3: nothing is acknowledged, and so trimmed, that its client was not given. */
export function k3({ clients }: Chronicle): Invariant {
  return {
    name: 'K3',
    acknowledged({ client, number, key, acknowledged }) {
      const given = clients.get(client as ClientId)!.givenTo(number);
      if (acknowledged > given)
        throw new Violation('K3', `${key} is acknowledged up to ${acknowledged}, its client was given ${given}`);
    },
  };
}
