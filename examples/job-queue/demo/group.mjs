import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { Host } from './host.mjs';
import { Program } from './program.mjs';

/** Between two questions for the group's status. Each starts a process, so they are asked sparingly. */
const STATUS_PAUSE_MS = 500;
const STATUS_LIMIT_MS = 10_000;

/** Three hosts with a replica each and the client interceptor, all as real processes, and what is known about them. */
export class Group {
  /** @type {Host[]} */
  hosts;
  #clientInterceptor;
  #command;
  #configPath;
  #observations = 0;
  #ending = false;

  /**
   * @param {object} options
   * @param {string} options.command  the lockstep command's JavaScript file
   * @param {import('./configuration.mjs').Configuration} options.configuration
   * @param {string} options.logFolder
   * @param {(program: Program, how: string) => void} options.onUnexpectedExit
   */
  constructor({ command, configuration, logFolder, onUnexpectedExit }) {
    this.#command = command;
    this.#configPath = configuration.path;
    const config = ['-c', configuration.path];
    this.hosts = configuration.replicas.map((replica) => {
      const args = [command, 'service', ...config, '--replica', replica.name];
      return new Host(replica, { args, logFolder, onUnexpectedExit });
    });
    this.#clientInterceptor = new Program({
      name: 'client-interceptor',
      args: [command, 'client', ...config],
      logFolder,
      onUnexpectedExit,
    });
  }

  get clientInterceptorPid() {
    return this.#clientInterceptor.pid;
  }

  start() {
    for (const host of this.hosts) host.start();
    this.#clientInterceptor.start();
    void this.#observe();
  }

  /** Resolves when what is known of every host is newer than this call. */
  async nextObservation() {
    // The status that is being asked for at this moment may have been answered already.
    const target = this.#observations + 2;
    while (this.#observations < target && !this.#ending) await pause(20);
  }

  /** Ends everything in good order: first who asks, then who answers. */
  async stop() {
    this.#ending = true;
    await this.#clientInterceptor.stop();
    await Promise.all(this.hosts.map((host) => host.stop()));
  }

  /** For the last moment of the demo's process, when nothing can be waited for any more. */
  killNow() {
    this.#ending = true;
    this.#clientInterceptor.signal('SIGKILL');
    for (const host of this.hosts) host.killNow();
  }

  async #observe() {
    while (!this.#ending) {
      const members = await this.#askStatus();
      for (const host of this.hosts) host.observe(members.find((member) => member.name === host.name));
      this.#observations += 1;
      await pause(STATUS_PAUSE_MS);
    }
  }

  /** @returns {Promise<object[]>} the members that the status tells of, none when it could not be had */
  #askStatus() {
    const words = [this.#command, 'status', '-c', this.#configPath, '--json'];
    return new Promise((resolve) => {
      execFile(process.execPath, words, { timeout: STATUS_LIMIT_MS }, (_error, stdout) => {
        try {
          resolve(JSON.parse(stdout).members);
        } catch {
          // A group that is just starting has nothing to tell; one that stays silent is found by whoever waits for it.
          resolve([]);
        }
      });
    });
  }
}
