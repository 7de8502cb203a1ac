import type { PeerMessage } from '@lockstep/core/protocol';
import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

const heartbeats: ReadonlySet<PeerMessage['kind']> = new Set(['receipt']);

/** L6: nothing retries for ever in silence: once the world has come to rest there is nothing on the links but heartbeats. */
export function l6(chronicle: Chronicle): Invariant {
  return {
    name: 'L6',
    memberActed(member, effect) {
      if (!chronicle.isAtRest || effect.kind !== 'send' || heartbeats.has(effect.message.kind)) return;
      throw new Violation('L6', `${member.id} sends ${effect.message.kind} while nothing happens`);
    },
    replicaActed(member, effect) {
      if (!chronicle.isAtRest || effect.kind === 'report') return;
      if (effect.kind === 'send-client' && effect.messages.every(({ kind }) => kind === 'heartbeat')) return;
      throw new Violation('L6', `${member.id} does ${effect.kind} while nothing happens`);
    },
    clientActed(client, effect) {
      if (!chronicle.isAtRest || (effect.kind === 'send' && effect.message.kind === 'heartbeat')) return;
      throw new Violation('L6', `${client.id} does ${effect.kind} while nothing happens`);
    },
  };
}
