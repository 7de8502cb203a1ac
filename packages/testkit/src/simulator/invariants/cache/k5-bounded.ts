import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** What a cached piece costs besides its bytes. */
const pieceOverheadBytes = 64;

/**
 * K5: each connection's cache is bounded by its window, one piece, and what the service puts out in one turn: beyond the window
 * the service is read to the end of the turn at most.
 */
export function k5({ world }: Chronicle): Invariant {
  const { plan } = world;
  const boundBytes = plan.replica.connectionWindowBytes + plan.servicePace.chunkBytesMax + pieceOverheadBytes;
  return {
    name: 'K5',
    inspected(member) {
      for (const { key, cacheBytes, paused } of member.process.replica!.replica.connections()) {
        if (cacheBytes <= boundBytes) continue;
        const channel = member.channels.get(key)!;
        if (paused && (channel.isPaused || channel.busy || channel.isBroken)) continue;
        throw new Violation(
          'K5',
          `${member.id} caches ${cacheBytes} bytes of ${key}, at most ${boundBytes}, and goes on reading`,
        );
      }
    },
  };
}
