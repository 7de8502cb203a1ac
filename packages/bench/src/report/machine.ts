import { cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures of a run depend on besides the programs. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Over the last minute, before the run began: above 0.5, somebody else was using the machine. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    loadBefore: Math.round(loadavg()[0]! * 100) / 100,
  };
}

export function renderMachine({ cpu, cores, memoryGiB, kernel, node, loadBefore }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, load before the run ${loadBefore}`;
}
