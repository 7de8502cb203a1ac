import type { MemberName, Milliseconds } from '@lockstep/contracts';
import type { ClientSettings, GroupSettings, ReplicaSettings } from '@lockstep/core/protocol';
import { Random } from '../base/random.js';
import type { ClientScript } from '../clients/client-script.js';
import { faultKinds, type FaultKind } from '../faults/fault-kinds.js';
import { restlessLink, restlessPeers } from '../faults/restless-link.js';
import type { Latency } from '../network/network.js';
import type { ModelServicePace } from '../service/model-service.js';
import type { LimitsPreset } from './small-limits.js';

/** Everything about a world that is settled before it begins. */
export interface WorldPlan {
  readonly seed: number;
  /** Whether chance is taken out of the world, for a scripted one. */
  readonly isSteady: boolean;
  readonly limits: LimitsPreset;
  /** Whether messages are frozen when they are sent; it takes time, so not in every world. */
  readonly sealsMessages: boolean;
  readonly group: GroupSettings;
  readonly replica: ReplicaSettings;
  readonly client: ClientSettings;
  /** The member that founds the group alone at the operator's word; undefined for a genesis of all. */
  readonly bootstrap: MemberName | undefined;
  readonly clientHosts: number;
  /** Clients at work on each client host at a time. */
  readonly clientsPerHost: number;
  /** What every client does; undefined if each draws its own. */
  readonly script: ClientScript | undefined;
  readonly latency: Latency;
  readonly servicePace: ModelServicePace;
  readonly gateTimeoutMs: Milliseconds;
  /** Bytes under way on a link before its sender holds back. */
  readonly linkBytesMax: number;
  /** How often the fence command puts its target out of action. */
  readonly fenceReliability: number;
  readonly restartMs: readonly [Milliseconds, Milliseconds];
  readonly faults: readonly FaultKind[];
  /** Time between two faults, on average. */
  readonly faultEveryMs: Milliseconds;
  /** How long faults happen. */
  readonly stormMs: Milliseconds;
}

type Topology = { readonly services: number; readonly witness: boolean; readonly fence: boolean };

const topologies: readonly (readonly [Topology, number])[] = [
  [{ services: 3, witness: false, fence: false }, 35],
  [{ services: 2, witness: true, fence: false }, 17],
  [{ services: 2, witness: false, fence: false }, 10],
  [{ services: 2, witness: false, fence: true }, 10],
  [{ services: 4, witness: false, fence: false }, 8],
  [{ services: 4, witness: false, fence: true }, 3],
  [{ services: 3, witness: true, fence: false }, 5],
  [{ services: 5, witness: false, fence: false }, 12],
];

/** Draws a world: which members, how fast everything is, and which kinds of faults it suffers how often. */
export function drawPlan(seed: number): WorldPlan {
  const random = new Random(seed, 'plan');
  const topology = random.pickWeighted(topologies);
  const services = ['a', 'b', 'c', 'd', 'e'].slice(0, topology.services) as MemberName[];
  const members = services.map((name) => ({ name, witness: false }));
  if (topology.witness) members.push({ name: 'w' as MemberName, witness: true });
  const suspectAfterMs = random.integer(40, 100);
  const heartbeatMs = Math.floor(suspectAfterMs / random.integer(3, 5));
  const isNarrow = random.chance(0.3);
  const connectionWindowBytes = isNarrow ? random.integer(600, 3000) : 64 * 1024;
  const processCacheBytes = isNarrow && random.chance(0.5) ? 20 * 1024 : 1024 * 1024;
  const maxConnections = random.chance(0.1) ? 2 : 100;
  const faultCount = random.chance(0.05) ? 0 : random.integer(1, faultKinds.length);
  const isRestless = faultCount > 0 && new Random(seed, 'restless').chance(0.6);
  const isRestlessAmongPeers = faultCount > 0 && new Random(seed, 'restless-peers').chance(0.4);
  const choice = new Random(seed, 'choice');
  return {
    seed,
    isSteady: false,
    // Streams of their own, as for `isRestless`: a seed that is written down somewhere is to stay the same world.
    sealsMessages: new Random(seed, 'seals').chance(0.2),
    limits: random.chance(0.5) ? 'small' : 'usual',
    group: {
      members,
      timing: { suspectAfterMs, heartbeatMs, laggardAfterMs: random.integer(60, 200) },
      fence: topology.fence,
      historyBytesMax: 64 * 1024 * 1024,
    },
    replica: {
      endpoints: ['model'],
      ...{ suspectAfterMs, heartbeatMs, connectionWindowBytes, processCacheBytes, maxConnections },
      expireClientAfterMs: random.integer(150, 500),
    },
    client: {
      // Not always the sequencer of the first view: what a member submits to another one can be lost on the way.
      members: choice.chance(0.5) ? choice.shuffled(services) : services,
      ...{ suspectAfterMs, heartbeatMs, connectionWindowBytes, processCacheBytes, maxConnections },
      giveUpAfterMs: random.chance(0.3) ? random.integer(200, 500) : 60_000,
    },
    bootstrap: random.chance(0.1) ? random.pick(services) : undefined,
    clientHosts: random.integer(1, 3),
    clientsPerHost: random.integer(1, 4),
    script: undefined,
    latency: random.pick(latencies),
    servicePace: random.pick(paces),
    gateTimeoutMs: 5_000,
    linkBytesMax: random.pick([2_000, 64_000]),
    fenceReliability: random.pick([0.5, 1]),
    restartMs: random.pick([
      [1, 30],
      [20, 200],
    ]),
    faults: [
      ...random.shuffled(faultKinds).slice(0, faultCount),
      ...(isRestless ? [restlessLink] : []),
      ...(isRestlessAmongPeers ? [restlessPeers] : []),
    ],
    faultEveryMs: random.pick([15, 40, 100]),
    stormMs: random.integer(300, 1200),
  };
}

const latencies: readonly Latency[] = [
  { lowMs: 0.05, highMs: 0.3, perKilobyteMs: 0.005 },
  { lowMs: 0.1, highMs: 3, perKilobyteMs: 0.02 },
  { lowMs: 0.5, highMs: 10, perKilobyteMs: 0.1 },
];

const paces: readonly ModelServicePace[] = [
  { thinkMs: [0.01, 0.1], outputMs: [0.01, 0.1], chunkBytesMax: 1000 },
  { thinkMs: [0.05, 1], outputMs: [0.05, 1], chunkBytesMax: 40 },
  { thinkMs: [0.1, 3], outputMs: [0.1, 3], chunkBytesMax: 12 },
];
