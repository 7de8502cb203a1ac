import type { LoadClient, LoadResult } from '../load/load-client.js';

export const messageBytes = 100;

/** How a group is put under load. */
export interface LoadPlan {
  /** Connections that are active when more than one is. */
  readonly active: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** One message in flight on each of `active` connections. */
export function runLoad(clients: LoadClient, active: number, { warmUpMs, measureMs }: LoadPlan): Promise<LoadResult> {
  return clients.closedLoop({ active, depth: 1, warmUpMs, measureMs });
}
