import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** K4: any member can resume any client without a gap: no cache begins behind what the client was given. */
export function k4({ clients }: Chronicle): Invariant {
  return {
    name: 'K4',
    inspected(member) {
      const { replica } = member.process.replica!;
      for (const { key, client, connection } of replica.connections()) {
        const first = replica.cacheOf(key)[0];
        const given = clients.get(client)!.givenTo(connection);
        if (first !== undefined && first.position > given) {
          throw new Violation('K4', `${member.id} has ${key} from ${first.position} on, its client was given ${given}`);
        }
      }
    },
  };
}
