import type { ClientProcess } from './client-process.js';
import type { MemberProcess } from './member-process.js';
import type { SimulatedProcess } from './process.js';

/** A machine: it has power or not, and runs at most one process of ours. */
export class Host<Process extends SimulatedProcess> {
  readonly name: string;
  isPowered = true;
  process: Process | undefined;
  /** How many processes have run here. */
  incarnations = 0;

  constructor(name: string) {
    this.name = name;
  }
}

export type MemberHost = Host<MemberProcess>;
export type ClientHost = Host<ClientProcess>;
