/** Resolves once the condition holds; the timeout of the test bounds how long that may take. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
