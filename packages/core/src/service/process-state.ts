import { readFileSync } from 'node:fs';

/** Set on a process from before its files are closed until it is gone (`PF_EXITING` in the kernel's sched.h). */
const exitingFlag = 0x4;

/**
 * Whether the process is gone or on its way out. The kernel marks a process as exiting before it closes its sockets, so
 * whoever sees such a socket close and then asks gets the right answer, without delay.
 *
 * @returns always false where there is no Linux /proc; then only the exit itself tells
 */
export function isExiting(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return true;
  }
  return saysExiting(stat);
}

/** Reads a line of /proc/<pid>/stat: `<pid> (<any name>) <state> <ppid> <pgrp> <session> <tty> <tpgid> <flags> …`. */
export function saysExiting(stat: string): boolean {
  // The name may contain anything, blanks and parentheses too.
  const [state = '', , , , , , flags = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' || (Number(flags) & exitingFlag) !== 0;
}
