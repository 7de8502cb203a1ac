import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from './wait-until.js';

const probeTimeoutMs = 30_000;
const kibibyte = 1024;

/** The memory of a process after its garbage was collected. */
export interface Memory {
  /** What the kernel has given to it. */
  readonly residentBytes: number;
  /** Objects that are in use, and buffers outside of the heap. */
  readonly liveBytes: number;
}

/** Options for Node that let a process tell its memory. */
export function memoryProbe(folder: string): string[] {
  const program = new URL('memory-probe.js', import.meta.url);
  program.searchParams.set('folder', folder);
  return ['--expose-gc', '--import', program.href];
}

/** Asks a process that was started with `memoryProbe(folder)`. */
export async function readMemory(folder: string, pid: number): Promise<Memory> {
  const path = join(folder, `memory-${pid}.json`);
  rmSync(path, { force: true });
  process.kill(pid, 'SIGUSR2');
  return waitUntil('A process tells its memory', probeTimeoutMs, () =>
    existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Memory) : undefined,
  );
}

/** The memory of any process as it is, garbage and all. */
export function residentBytesOf(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * kibibyte;
}
