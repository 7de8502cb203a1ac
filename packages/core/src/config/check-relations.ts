import { type Address, parseAddress } from '@lockstep/sockets';
import { isWildcard, staysOnMachine } from './address.js';
import type { KeyPath } from './problem.js';
import type { ConfigurationDocument } from './schema.js';
import { completeTiming, type Timing } from './timing.js';

/** Takes one finding: where, what, and the remedy. */
export type Report = (path: KeyPath, what: string, remedy: string) => void;

type Replicas = ConfigurationDocument['replicas'];

const membersMax = 9;

/** Checks what replicas have to do with each other, and with `security`. */
export function checkReplicas(replicas: Replicas, security: unknown, report: Report): void {
  const entries = Object.entries(replicas);
  if (entries.length === 0) report(['replicas'], 'there is no replica', 'Write one to nine, three for a start.');
  if (entries.length > membersMax) {
    report(
      ['replicas'],
      `there are ${entries.length} replicas`,
      `Write at most ${membersMax}; three or five are usual.`,
    );
  }
  if (entries.length > 0 && entries.every(([, { witness }]) => witness)) {
    report(['replicas'], 'all of the replicas are witnesses', 'Let one at least run the service.');
  }
  const taken = new Map<string, string>();
  for (const [name, { link }] of entries) {
    const path = ['replicas', name, 'link'];
    const other = taken.get(link);
    if (other !== undefined) {
      report(path, `replicas ${other} and ${name} have the same link, ${link}`, 'Give each its own address or port.');
    }
    taken.set(link, name);
    const address = parseAddress(link)!;
    if (isWildcard(address)) {
      report(path, `${link} is no address that others can dial`, 'Write the address of this host, as others see it.');
    } else if (!staysOnMachine(address) && security === undefined) {
      report(
        path,
        `${link} leaves this machine, and links are neither encrypted nor authenticated yet`,
        'Keep links on a network that you trust, and say so with a line `security: none`.',
      );
    }
  }
}

/** Checks the service and the endpoints of one replica, its variables filled in. */
export function checkServices(document: ConfigurationDocument, report: Report): void {
  const { service, endpoints } = document;
  if (Object.keys(endpoints).length === 0) {
    report(['endpoints'], 'there is no endpoint', 'Write at least one: an adapter, and where clients connect.');
  }
  const runsPrograms = Object.values(endpoints).some(({ client }) => client === undefined);
  if (service.run === undefined && service.env !== undefined && !runsPrograms) {
    report(['service', 'env'], 'service.env does nothing without service.run', 'Add run, or remove env.');
  }
  const taken = new Map<string, string>();
  for (const [name, { client, service: place }] of Object.entries(endpoints)) {
    checkPlace(name, client !== undefined, place, report);
    if (client === undefined) continue;
    const other = taken.get(client.listen);
    if (other !== undefined && !isAnyPort(parseAddress(client.listen))) {
      const what = `endpoints ${other} and ${name} both listen on ${client.listen}`;
      report(['endpoints', name, 'client', 'listen'], what, 'Give each its own address.');
    }
    taken.set(client.listen, name);
  }
}

/** Port 0 stands for one that is free. Each who listens there gets another one. */
function isAnyPort(address: Address | undefined): boolean {
  return address !== undefined && 'port' in address && address.port === 0;
}

/** A server is connected to, and a program, which no client connects to, is run. */
function checkPlace(
  name: string,
  hasClients: boolean,
  { connect, run }: ConfigurationDocument['endpoints'][string]['service'],
  report: Report,
): void {
  const path = ['endpoints', name, 'service'];
  if (hasClients && connect === undefined) {
    report(
      path,
      `endpoints.${name}.service does not say where the service listens`,
      'Write where it does, for example service: { connect: 127.0.0.1:6380 }.',
    );
  }
  if (hasClients && run !== undefined) {
    report(
      [...path, 'run'],
      `endpoints.${name} has an address for clients, but its service is a program`,
      'Write the command that runs a server under service, at the top; or remove client, and use `lockstep stdio`.',
    );
  }
  if (!hasClients && connect !== undefined) {
    report(
      ['endpoints', name, 'client'],
      `endpoints.${name}.client is missing`,
      'Write where clients connect, for example client: { listen: 127.0.0.1:6379 }.',
    );
  }
}

/** Where all replicas are whose links do not leave the machine. */
const thisMachine = 'this machine';

function machineOf(link: Address): string {
  return 'path' in link || staysOnMachine(link) ? thisMachine : link.host;
}

/**
 * Checks that every replica has a service of its own. A service on the loopback is on the machine of its replica, and
 * two replicas whose links have the same host are on the same machine.
 */
export function checkSharedServices(documents: ReadonlyMap<string, ConfigurationDocument>, report: Report): void {
  const taken = new Map<string, string>();
  for (const [replica, { replicas, endpoints }] of documents) {
    const member = replicas[replica];
    if (member === undefined || member.witness) continue;
    const machine = machineOf(parseAddress(member.link)!);
    for (const [name, { service, client }] of Object.entries(endpoints)) {
      const path = ['endpoints', name, 'service', 'connect'];
      if (service.connect === undefined) continue;
      const address = parseAddress(service.connect);
      // A variable in it is not known, which is a problem of its own.
      if (address === undefined) continue;
      const owner = staysOnMachine(address) ? `${machine} ${service.connect}` : service.connect;
      const other = taken.get(owner);
      if (other !== undefined && other !== replica) {
        report(
          path,
          `replicas ${other} and ${replica} would share one service, ${service.connect}`,
          'path' in address
            ? 'Give each its own socket: write ${name} in its path.'
            : 'Give each its own port: add `vars: { port: … }` to each replica and write ${port} here.',
        );
      }
      taken.set(owner, replica);
      if (machine === thisMachine && client?.listen === service.connect) {
        report(
          path,
          `replica ${replica} looks for its service on ${service.connect}, where the client interceptor listens`,
          'Give the service another address.',
        );
      }
    }
  }
}

/** Checks what the times have to do with each other, the ones by default included. */
export function checkTiming(given: ConfigurationDocument['timing'], report: Report): void {
  const timing = completeTiming(given);
  const { suspectAfterMs } = timing;
  const relations: readonly (readonly [keyof Timing, boolean, string])[] = [
    ['heartbeatMs', 2 * timing.heartbeatMs <= suspectAfterMs, `at most half of suspectAfterMs, ${suspectAfterMs}`],
    ['expireClientAfterMs', timing.expireClientAfterMs >= 2 * suspectAfterMs, 'at least twice suspectAfterMs'],
    ['giveUpAfterMs', timing.giveUpAfterMs >= 2 * suspectAfterMs, 'at least twice suspectAfterMs'],
    ['laggardAfterMs', timing.laggardAfterMs >= suspectAfterMs, `at least suspectAfterMs, ${suspectAfterMs}`],
    [
      'gateTimeoutMs',
      timing.gateTimeoutMs < timing.laggardAfterMs,
      `less than laggardAfterMs, ${timing.laggardAfterMs}`,
    ],
  ];
  for (const [key, holds, rule] of relations) {
    if (holds) continue;
    const value = `${timing[key]}${given[key] === undefined ? ' by default' : ''}`;
    report(['timing', key], `timing.${key} is ${value}`, `It has to be ${rule}.`);
  }
}

/** Checks what the limits have to do with each other. */
export function checkLimits(limits: ConfigurationDocument['limits'], report: Report): void {
  if (limits.connectionWindowBytes <= limits.processCacheBytes) return;
  report(
    ['limits', 'processCacheBytes'],
    `limits.processCacheBytes is ${limits.processCacheBytes}`,
    `It has to be at least connectionWindowBytes, ${limits.connectionWindowBytes}.`,
  );
}
