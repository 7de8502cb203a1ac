import type { GroupChanges } from './group-configuration.js';
import { LiveGroup } from './live-group.js';

/**
 * Brings a whole group up, lets a test use it, and ends all its processes, whatever happens. If the test fails, its message
 * ends with what the processes wrote last.
 */
export async function withGroup(changes: GroupChanges, test: (group: LiveGroup) => Promise<void>): Promise<void> {
  const group = await LiveGroup.start(changes);
  try {
    await group.untilComplete();
    await test(group);
  } catch (error) {
    if (error instanceof Error) error.message += `\n\n${group.log}`;
    throw error;
  } finally {
    await group.stop();
  }
}
