import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where Debian puts servers, which is not on everybody's `PATH`. */
const serverFolders = ['/usr/sbin', '/sbin'];

/** The path of a program, or undefined if it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...serverFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The first number with dots in what a program says of itself. */
export async function readVersion(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(program, args);
  return /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'of unknown version';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
