import { lstatSync, unlinkSync, type Stats } from 'node:fs';
import { connect } from 'node:net';

/** What stands at a path, as far as somebody who wants to listen there is concerned. */
export type Occupant = 'nothing' | 'socket' | 'other file';

/** Says what stands at a path. What cannot be looked at counts as nothing: listening will say why. */
export function occupantOf(path: string): Occupant {
  const stats = look(path);
  if (stats === undefined) return 'nothing';
  return stats.isSocket() ? 'socket' : 'other file';
}

/**
 * Removes the file of a unix socket if nobody listens on it: a killed process left it behind. Only a connection that the
 * kernel refuses proves that; whoever is too busy to answer keeps the file.
 */
export async function removeStaleSocketFile(path: string): Promise<void> {
  const before = look(path);
  if (before?.isSocket() !== true || !(await isRefused(path))) return;
  // Another process may have come first, removed that file, and listens on one of its own by now.
  const now = look(path);
  if (now?.ino === before.ino && now.dev === before.dev && now.ctimeMs === before.ctimeMs) unlinkSync(path);
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
