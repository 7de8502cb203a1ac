import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Host } from './host.js';

const run = promisify(execFile);

/** Linux keeps the names of interfaces to 15 characters. */
const prefix = `lb${process.pid % 100_000}`;
const subnet = '10.78.0';
/** This machine is on the switch too. */
const ownAddress = `${subnet}.254`;

/** Hosts on one switch, as network namespaces on a bridge. Needs root and iproute2. */
export class HostNetwork {
  readonly hosts: readonly Host[];
  readonly #namespaces: readonly string[];

  private constructor(namespaces: readonly string[]) {
    this.#namespaces = namespaces;
    this.hosts = namespaces.map((namespace, index) => ({
      address: addressOf(index),
      command: ['ip', 'netns', 'exec', namespace],
    }));
  }

  /** Why there can be none on this machine, if that is so. */
  static get obstacle(): string | undefined {
    return process.getuid?.() === 0 ? undefined : 'needs root';
  }

  /** @param rate what each host may send, as `tc` writes it (`100mbit`); undefined for no limit */
  static async create(hostCount: number, rate?: string): Promise<HostNetwork> {
    const network = new HostNetwork(Array.from({ length: hostCount }, (_, index) => `${prefix}h${index}`));
    try {
      await ip('link', 'add', prefix, 'type', 'bridge');
      await ip('addr', 'add', `${ownAddress}/24`, 'dev', prefix);
      await ip('link', 'set', prefix, 'up');
      for (const [index, namespace] of network.#namespaces.entries()) await addHost(index, namespace, rate);
      return network;
    } catch (error) {
      await network.remove();
      throw error;
    }
  }

  /** Lets nothing through from or to a host, of which nobody is told: its cable is plugged in, and leads nowhere. */
  async cut(host: Host): Promise<void> {
    await ip('link', 'set', this.#portOf(host), 'nomaster');
  }

  /** Undoes a cut. */
  async mend(host: Host): Promise<void> {
    await ip('link', 'set', this.#portOf(host), 'master', prefix);
  }

  #portOf(host: Host): string {
    return portName(this.hosts.indexOf(host));
  }

  /** Removes whatever is there of it. Programs that run in it must have ended. */
  async remove(): Promise<void> {
    for (const namespace of this.#namespaces) await ip('netns', 'del', namespace).catch(() => undefined);
    await ip('link', 'del', prefix).catch(() => undefined);
  }
}

function addressOf(index: number): string {
  return `${subnet}.${index + 1}`;
}

function portName(index: number): string {
  return `${prefix}p${index}`;
}

async function addHost(index: number, namespace: string, rate: string | undefined): Promise<void> {
  const port = portName(index);
  await ip('netns', 'add', namespace);
  await ip('link', 'add', port, 'type', 'veth', 'peer', 'name', 'e0', 'netns', namespace);
  await ip('link', 'set', port, 'master', prefix, 'up');
  await ip('-n', namespace, 'addr', 'add', `${addressOf(index)}/24`, 'dev', 'e0');
  await ip('-n', namespace, 'link', 'set', 'e0', 'up');
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  if (rate === undefined) return;
  const limit = ['tbf', 'rate', rate, 'burst', '15kb', 'latency', '100ms'];
  await run('tc', ['-n', namespace, 'qdisc', 'add', 'dev', 'e0', 'root', ...limit]);
  await run('tc', ['qdisc', 'add', 'dev', port, 'root', ...limit]);
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args);
}
