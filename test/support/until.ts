import { setTimeout as pause } from 'node:timers/promises';

/** Long enough for a machine that does much else at the same time; what works takes a fraction of it. */
const patienceMs = 60_000;
const pauseMs = 20;

/**
 * Waits until a condition holds, and gives what it found.
 *
 * @param what the condition in words, for the error: `replica a is a member again`
 * @param look gives undefined or false as long as the condition does not hold; may be asked often
 * @param limitMs how long to wait
 * @throws Error when the condition does not hold in time; whatever `look` throws
 */
export async function until<Found>(
  what: string,
  look: () => Found | undefined | false | Promise<Found | undefined | false>,
  limitMs: number = patienceMs,
): Promise<Found> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain until ${what}`);
    await pause(pauseMs);
  }
}
