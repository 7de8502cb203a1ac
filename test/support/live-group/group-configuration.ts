import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePorts } from '../free-ports.js';
import { repository } from '../repository.js';

/** The examples whose services tests use. The job queue runs everywhere, the others need their servers. */
export type Example =
  | 'bc'
  | 'custom-adapter-resp'
  | 'http-json-store'
  | 'job-queue'
  | 'memcached'
  | 'redis'
  | 'sqlite'
  | 'stdio'
  | 'task-spooler'
  | 'tcp'
  | 'ticket-office'
  | 'websocket-chat';

/** What a test changes of an example's configuration. */
export interface GroupChanges {
  readonly example: Example;
  /** Which of the example's configurations, if there are several. Default `lockstep.yaml`. */
  readonly file?: string;
  /** How virtual connections meet the service, where the adapter leaves the choice. Default as in the example. */
  readonly connections?: 'dedicated' | 'shared';
  /** The replicas with a service, instead of the example's three. */
  readonly replicas?: readonly string[];
  /** The names of witnesses, besides. */
  readonly witnesses?: readonly string[];
  /** As in the configuration file. The default suspects after three seconds, so that a busy machine is no fault. */
  readonly timing?: Readonly<Record<string, number>>;
  /** As in the configuration file. */
  readonly limits?: Readonly<Record<string, number | string>>;
  /**
   * Changes anything else, last of all.
   *
   * @param folder that of the configuration, removed at the end
   */
  readonly edit?: (document: GroupDocument, folder: string) => void;
}

/** A configuration file as far as tests change it. */
export interface GroupDocument {
  replicas: Record<string, { link: string; vars?: Record<string, number>; witness?: true }>;
  service: { run?: string; ready?: { tcp: string }; env?: Record<string, string> };
  endpoints: Record<
    string,
    {
      adapter?: string;
      connections?: 'dedicated' | 'shared';
      client?: { listen: string };
      service?: { connect?: string; run?: string };
      options?: object;
    }
  >;
  timing?: Readonly<Record<string, number>>;
  limits?: Readonly<Record<string, number | string>>;
}

/** The configuration of an example, on free ports, in a folder of its own that is removed at the end. */
export class GroupConfiguration {
  readonly path: string;
  /** Where the client interceptor plays the service, for each endpoint. */
  readonly clientPorts: ReadonlyMap<string, number>;
  /** Whether anything is served on an address; programs are not, and need no client interceptor. */
  readonly isServer: boolean;
  /** Where the service of each replica is really listening, the first of its ports; witnesses and programs have none. */
  readonly servicePorts: ReadonlyMap<string, number>;
  readonly witnesses: readonly string[];
  readonly #folder: string;

  private constructor(
    folder: string,
    clientPorts: Map<string, number>,
    isServer: boolean,
    servicePorts: Map<string, number>,
    witnesses: readonly string[],
  ) {
    this.#folder = folder;
    this.path = join(folder, 'lockstep.yaml');
    this.clientPorts = clientPorts;
    this.isServer = isServer;
    this.servicePorts = isServer ? servicePorts : new Map();
    this.witnesses = witnesses;
  }

  /** That of the first endpoint. */
  get clientPort(): number {
    const [port = 0] = this.clientPorts.values();
    return port;
  }

  static async write(changes: GroupChanges): Promise<GroupConfiguration> {
    const { example, file = 'lockstep.yaml', replicas = ['a', 'b', 'c'], witnesses = [] } = changes;
    const exampleFolder = join(repository, 'examples', example);
    const document = parse(readFileSync(join(exampleFolder, file), 'utf8')) as GroupDocument;
    const variables = Object.keys(Object.values(document.replicas)[0]?.vars ?? {});
    const endpoints = Object.entries(document.endpoints);
    const ports = await freePorts(endpoints.length + (1 + variables.length) * replicas.length + witnesses.length);
    const nextPort = (): number => ports.pop() ?? 0;
    const clientPorts = new Map(endpoints.map(([name]) => [name, nextPort()]));
    const servicePorts = new Map<string, number>();
    document.replicas = {};
    for (const name of replicas) {
      const vars = Object.fromEntries(variables.map((variable) => [variable, nextPort()]));
      servicePorts.set(name, Object.values(vars)[0] ?? 0);
      document.replicas[name] = { link: `127.0.0.1:${nextPort()}`, vars };
    }
    for (const name of witnesses) document.replicas[name] = { link: `127.0.0.1:${nextPort()}`, witness: true };
    for (const [name, { client }] of endpoints) {
      if (client !== undefined) client.listen = `127.0.0.1:${clientPorts.get(name)}`;
    }
    if (changes.connections !== undefined) {
      for (const [, endpoint] of endpoints) endpoint.connections = changes.connections;
    }
    document.timing = { suspectAfterMs: 3000, ...changes.timing };
    if (changes.limits !== undefined) document.limits = changes.limits;
    const folder = mkdtempSync(join(tmpdir(), `lockstep-${example}-`));
    changes.edit?.(document, folder);
    // A service of ours is started by a path that is relative to the configuration.
    const service = join(exampleFolder, 'service');
    if (existsSync(service)) symlinkSync(service, join(folder, 'service'));
    const isServer = Object.values(document.endpoints).some(({ client }) => client !== undefined);
    const configuration = new GroupConfiguration(folder, clientPorts, isServer, servicePorts, witnesses);
    writeFileSync(configuration.path, stringify(document));
    return configuration;
  }

  /** Writes a copy for another client interceptor, which listens on another port. */
  async writeForOtherClient(): Promise<{ readonly path: string; readonly port: number }> {
    const [port = 0] = await freePorts(1);
    const text = readFileSync(this.path, 'utf8').replace(
      `listen: 127.0.0.1:${this.clientPort}`,
      `listen: 127.0.0.1:${port}`,
    );
    const path = join(this.#folder, `client-${port}.yaml`);
    writeFileSync(path, text);
    return { path, port };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
