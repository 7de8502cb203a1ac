/**
 * Runs tasks, at most `width` at a time, and starts them in the order given.
 *
 * @template T
 * @param {(() => Promise<T>)[]} tasks
 * @returns {Promise<T[]>} in the order of the tasks
 */
export async function runPool(tasks, width) {
  const results = [];
  let next = 0;
  const work = async () => {
    while (next < tasks.length) {
      const index = next++;
      results[index] = await tasks[index]();
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}
