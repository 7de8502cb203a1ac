import type { Milliseconds } from '@lockstep/contracts';
import type { Random } from '../base/random.js';

/** How a client ends its connection: by half-closing, abruptly, by asking the service to, or not at all. */
export type Ending = 'half-close' | 'reset' | 'service-ends' | 'service-resets' | 'stay';

/** What one client does on one connection. */
export interface ClientScript {
  readonly requests: number;
  /** Requests that may be without a reply at a time. */
  readonly depth: number;
  readonly thinkMs: readonly [Milliseconds, Milliseconds];
  readonly ending: Ending;
  /** Bytes of a big reply; 0 if this client asks for none. */
  readonly bigReplyBytes: number;
  /** Reads this much at a time, and rests in between; undefined for a client that reads at once. */
  readonly readPace: { readonly bytesMax: number; readonly pauseMs: Milliseconds } | undefined;
}

export function randomScript(random: Random): ClientScript {
  const isSlowReader = random.chance(0.15);
  return {
    requests: random.integer(1, random.chance(0.2) ? 40 : 12),
    depth: random.chance(0.5) ? 1 : random.integer(2, 8),
    thinkMs: random.pick([
      [0, 1],
      [0, 10],
      [5, 60],
    ]),
    ending: random.pickWeighted<Ending>([
      ['half-close', 5],
      ['reset', 2],
      ['service-ends', 2],
      ['service-resets', 1],
      ['stay', 2],
    ]),
    bigReplyBytes: isSlowReader || random.chance(0.15) ? random.integer(100, 1500) : 0,
    readPace: isSlowReader ? { bytesMax: random.integer(20, 400), pauseMs: random.delayMs(1, 15) } : undefined,
  };
}
