import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * What a program is doing:
 * - `reading`: it waits for standard input, and there is none left; nothing else of it runs;
 * - `asleep`: all of it waits for something;
 * - `working`: some of it runs;
 * - `ending`: it has ended or is about to; its files may be closed already.
 */
export type Activity = 'reading' | 'asleep' | 'working' | 'ending';

/** The number of the system call `read`, by what Node calls the processor. */
const readCalls: Readonly<Record<string, string>> = { x64: '0', arm64: '63' };

/** Set on a process from before its files are closed until it is gone (`PF_EXITING` in the kernel's sched.h). */
const exitingFlag = 0x4;

/** Descendants that are looked at; more are taken for work. */
const processesMax = 64;

/**
 * Looks what a program and the programs that it has started are doing, in the kernel's tables. A thread that is blocked in
 * reading a pipe has found it empty.
 *
 * @param stdinName what the kernel calls the pipe that is the program's standard input
 */
export function lookAtActivity(pid: number, stdinName: string): Activity {
  if (isEnding(pid)) return 'ending';
  let activity: Activity = 'asleep';
  const family = [pid];
  for (const member of family) {
    if (family.length > processesMax) return 'working';
    for (const thread of list(`/proc/${member}/task`)) {
      const found = lookAtThread(`/proc/${member}`, thread, stdinName);
      if (found === 'working') return 'working';
      if (found === 'reading') activity = 'reading';
      const children = read(`/proc/${member}/task/${thread}/children`) ?? '';
      family.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return activity;
}

function lookAtThread(folder: string, thread: string, stdinName: string): 'reading' | 'asleep' | 'working' {
  const call = read(`${folder}/task/${thread}/syscall`)?.split(' ');
  if (call === undefined) {
    // A program of another user does not show what it waits for, but still whether it does.
    const stat = read(`${folder}/task/${thread}/stat`);
    const isIdle = stat === undefined || /^[SZX]$/.test(statFields(stat)[0] ?? '');
    return isIdle ? 'asleep' : 'working';
  }
  const [number, descriptor = ''] = call;
  if (number === 'running') return 'working';
  if (number !== readCalls[process.arch]) return 'asleep';
  return link(`${folder}/fd/${Number(descriptor)}`) === stdinName ? 'reading' : 'asleep';
}

function isEnding(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return true;
  const [state = '', , , , , , flags = '0'] = statFields(stat);
  return state === 'Z' || state === 'X' || (Number(flags) & exitingFlag) !== 0;
}

/** The fields behind the name, which may contain anything, blanks and parentheses too. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string | undefined {
  return attempt(() => readFileSync(path, 'latin1'));
}

function link(path: string): string | undefined {
  return attempt(() => readlinkSync(path));
}

function list(path: string): readonly string[] {
  return attempt(() => readdirSync(path)) ?? [];
}

/** A process may end, and its files go away, at any moment. */
function attempt<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
