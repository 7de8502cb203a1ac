import { expect } from 'chai';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ManagedService, type ManagedServiceOptions } from './managed-service.js';
import { isExiting } from './process-state.js';
import { connectReadyProbe, type ReadyProbe } from './ready-probe.js';
import { RecordingLogger } from './recording-logger.fixture.js';

/** Managed services made of a few lines of Node, which print the port that they listen on. */
export class ServiceBench {
  readonly logger = new RecordingLogger();
  readonly #services: ManagedService[] = [];

  /** Ready once the port that was printed last can be connected to. */
  readonly ready: ReadyProbe = {
    address: 'the printed port',
    probe: () =>
      this.port === undefined
        ? Promise.reject(new Error('no port was printed'))
        : connectReadyProbe(`127.0.0.1:${this.port}`).probe(),
  };

  get port(): number | undefined {
    return this.logger.numberAfter('port');
  }

  /** @param program a script for `node -e`, without single quotes */
  service(program: string, options: Partial<ManagedServiceOptions> = {}): ManagedService {
    const service = new ManagedService(
      {
        run: nodeCommand(program),
        directory: '/',
        environment: {},
        ready: this.ready,
        readyTimeoutMs: 10_000,
        stopTimeoutMs: 10_000,
        ...options,
      },
      this.logger,
    );
    this.#services.push(service);
    return service;
  }

  async connect(): Promise<Socket> {
    const socket = connect(this.port ?? 0, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  /** Ends what a test has left running, and sees to it that nothing stays behind. */
  async close(): Promise<void> {
    for (const service of this.#services) await service.stop();
    await until('no child process is left', () => childrenOf(process.pid).length === 0);
  }
}

/** Listens on a free port, prints it, and does what `onConnection` says with each connection `c`. */
export function listening(onConnection = ''): string {
  return `
    const s = require("net").createServer((c) => { c.on("error", () => {}); ${onConnection} });
    s.listen(0, "127.0.0.1", () => console.log("port " + s.address().port));`;
}

/** A command line that runs a script, which has no single quotes, with this Node. */
export function nodeCommand(program: string): string {
  return `'${process.execPath}' -e '${program}'`;
}

/** The processes that `pid` has started and not yet buried. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
}

/** Whether the process is gone, or dead and not yet buried by whoever inherited it. */
export function isGone(pid: number | null | undefined): boolean {
  if (!pid) throw new Error('no process is meant');
  return isExiting(pid);
}

/** Waits until something holds; fails with its name if it never does. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`timed out waiting until ${what}`);
    await delay(2);
  }
}

/** The error that a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(Error);
    return error as Error;
  }
  throw new Error('it did not fail');
}
