import { fileURLToPath } from 'node:url';
import type { Traffic } from '../load/load-order.js';
import type { GroupPlan } from '../lockstep/group-plan.js';
import { LockstepGroup } from '../lockstep/lockstep-group.js';
import { type Host, loopback } from '../network/host.js';

/** A service that gives back what it is sent. Argument: the port. */
export const echoProgram = new URL('echo-program.js', import.meta.url);

/** Messages of this many bytes to the echo service, and back. */
export function echoTraffic(messageBytes: number): Traffic {
  const message = 'x'.repeat(messageBytes);
  return { requests: [message], reply: message };
}

/** What an echo group needs, besides its size and an empty folder. */
export interface EchoGroupOptions extends Pick<GroupPlan, 'limits' | 'nodeOptions'> {
  /** Default: this machine. */
  readonly clientHost?: Host;
  /** Whether one connection waits for the other's turn. Default: as the adapter says. */
  readonly gate?: 'none';
}

/**
 * Starts replicas of the echo service behind the adapter tcp, each connection of a client with a connection of its own to each
 * service.
 */
export function startEchoGroup(
  folder: string,
  replicaHosts: readonly Host[],
  { clientHost = loopback, gate, ...more }: EchoGroupOptions = {},
): Promise<LockstepGroup> {
  return LockstepGroup.start(folder, {
    replicaHosts,
    clientHost,
    run: `'${process.execPath}' '${fileURLToPath(echoProgram)}' \${port}`,
    endpoint: { adapter: '@lockstep/adapter-tcp', ...(gate === undefined ? {} : { gate }) },
    ...more,
  });
}

/** As many replicas on this machine. */
export function localHosts(count: number): Host[] {
  return Array.from({ length: count }, () => loopback);
}
