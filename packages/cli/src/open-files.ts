import { readFileSync } from 'node:fs';

/** Descriptors that a process needs besides those of connections, with room to spare: links, logs, the service's pipes. */
const otherFilesMax = 200;

/** How many files and sockets this process may have open, as Linux says; undefined where nobody says. */
export function readOpenFilesMax(): number | undefined {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/**
 * What to do if the connections that are allowed are more than the system allows, which otherwise shows only when it is too
 * late: the kernel drops clients without a word.
 *
 * @returns undefined if all is well
 */
export function adviseOnOpenFiles(openFilesMax: number | undefined, connectionsMax: number): string | undefined {
  const needed = connectionsMax + otherFilesMax;
  if (openFilesMax === undefined || openFilesMax >= needed) return undefined;
  return (
    `This process may open ${openFilesMax} files, which is enough for ${Math.max(0, openFilesMax - otherFilesMax)} connections, and ` +
    `limits.maxConnections is ${connectionsMax}: raise the limit to ${needed} (\`ulimit -n\`, or LimitNOFILE= in a systemd unit), ` +
    'for the service too, or lower limits.maxConnections'
  );
}
