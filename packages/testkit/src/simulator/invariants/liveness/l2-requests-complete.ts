import type { Chronicle } from '../../chronicle/chronicle.js';
import type { Invariant } from '../invariant.js';

/** L2: pending requests complete. */
export function l2({ world }: Chronicle): Invariant {
  return {
    name: 'L2',
    unfinished() {
      const waiting = world.clients.find((client) => !client.isDone);
      return (
        waiting &&
        `${waiting.name} waits for ${waiting.unanswered} replies, having sent ${waiting.sent.length} requests`
      );
    },
  };
}
