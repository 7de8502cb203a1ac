import { setTimeout as pause } from 'node:timers/promises';

const pauseMs = 25;

/**
 * Asks again and again until the answer is there.
 *
 * @param what is awaited, for the error
 * @param ask its failures count as "not yet"
 * @throws Error after `timeoutMs`, with the last failure as its cause
 */
export async function waitUntil<Answer>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms.`, { cause });
    await pause(pauseMs);
  }
}
