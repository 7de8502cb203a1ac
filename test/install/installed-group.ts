import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { GroupStatus, MemberStatus } from '@lockstep/core';
import { until } from '../support/until.js';
import { cleanEnvironment, type CleanFolder } from './clean-folder.js';

/** A group that `npx lockstep up` runs, with what is installed in a clean folder. */
export class InstalledGroup {
  readonly #folder: CleanFolder;
  readonly #package: string;
  readonly #up: ChildProcess;
  #log = '';

  private constructor(folder: CleanFolder, packageFolder: string) {
    this.#folder = folder;
    this.#package = packageFolder;
    // Not by way of npx, which would pass on a signal to nobody; it finds the same file.
    const command = join(folder.path, packageFolder, 'node_modules/.bin/lockstep');
    this.#up = spawn(command, ['up'], {
      cwd: join(folder.path, packageFolder),
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#up.stdout, this.#up.stderr]) stream?.on('data', (text) => (this.#log += String(text)));
  }

  /** Runs the group of the lockstep.yaml in this folder for as long as `use` takes. */
  static async with(
    folder: CleanFolder,
    packageFolder: string,
    use: (group: InstalledGroup) => Promise<void>,
  ): Promise<void> {
    const group = new InstalledGroup(folder, packageFolder);
    try {
      await group.#untilItServes();
      await use(group);
    } catch (error) {
      throw new Error(`${String(error)}\n${group.#log}`, { cause: error });
    } finally {
      await group.#stop();
    }
  }

  /** Kills the replica that serves the clients, service and all, and waits until it is back. */
  async killServing(): Promise<void> {
    const attached = await until('a member says that it serves clients', async () =>
      (await this.#members()).find(({ clients }) => clients.some((client) => client.attached)),
    );
    for (const pid of [attached.pid, attached.servicePid]) if (pid !== null) process.kill(pid, 'SIGKILL');
    await until(`${attached.name} is back as another process`, async () => {
      const members = await this.#members();
      const back = members.find(({ name }) => name === attached.name);
      return members.length === 3 && back !== undefined && back.pid !== attached.pid && back.state === 'member';
    });
  }

  async #untilItServes(): Promise<void> {
    await until('three members serve a client interceptor', async () => {
      const members = await this.#members();
      const isServed = members.some(({ clients }) => clients.some((client) => client.attached));
      return isServed && members.filter(({ state }) => state === 'member').length === 3;
    });
  }

  async #members(): Promise<MemberStatus[]> {
    try {
      const status = await this.#folder.run('npx', ['--no', 'lockstep', 'status', '--json'], this.#package);
      const { members } = JSON.parse(status) as GroupStatus;
      return members.filter((member) => member.reachable);
    } catch (error) {
      // Nobody answers yet.
      if (String(error).includes('ERR_LOCKSTEP_UNREACHABLE')) return [];
      throw error;
    }
  }

  async #stop(): Promise<void> {
    if (this.#up.exitCode !== null || this.#up.signalCode !== null) return;
    const ended = once(this.#up, 'exit');
    this.#up.kill('SIGTERM');
    await ended;
  }
}
