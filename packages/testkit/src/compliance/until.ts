/** Far longer than it takes, also where all cores are busy with other tests: the conversations have taken 7 seconds there. */
const deadlineMs = 30_000;

/**
 * Lets the event loop turn until a condition holds.
 *
 * @param what the condition in words, for the error; as a function if it tells more by then
 * @throws Error if it does not hold within 30 seconds
 */
export async function until(what: string | (() => string), condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > deadlineMs) {
      throw new Error(`waited ${deadlineMs} ms in vain until ${typeof what === 'string' ? what : what()}`);
    }
    await turn();
  }
}

/** Lets the event loop turn a number of times, so that what would happen had its chance to. */
export async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
