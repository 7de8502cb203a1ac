import { setTimeout as pause } from 'node:timers/promises';
import { accepts } from './ports.mjs';
import { chooseVictim, describeRoles, ROLES } from './victims.mjs';

/** The pauses of the drill: long enough to see what each state of the group means for the client. */
const WHOLE_MS = 500;
const BEREFT_MS = 1_000;

/** How long the group may take to come up, or to take a replica back. */
const MEMBERSHIP_MS = 60_000;
const POLL_MS = 50;

/** The story of the demo: kill a replica, watch the others go on, start it again, wait until it is a full member. */
export class Drill {
  #group;
  #tell;
  #signal;

  /**
   * @param {object} options
   * @param {import('./group.mjs').Group} options.group
   * @param {(event: string) => void} options.tell  gets each event, in words
   * @param {AbortSignal} options.signal            ends the drill early; its methods then reject with its reason
   */
  constructor({ group, tell, signal }) {
    this.#group = group;
    this.#tell = tell;
    this.#signal = signal;
  }

  /** @param {number} clientPort */
  async waitForEveryone(clientPort) {
    await this.#waitFor('every replica to be a full member', () => this.#group.hosts.every((host) => host.isMember));
    await this.#waitFor('the client interceptor to take connections', () => accepts(clientPort));
  }

  /** @param {import('./client.mjs').Client} client */
  async waitForReplies(client) {
    await this.#waitFor('the client to have its first replies', () => client.progress?.replied > 0);
  }

  /** @param {number} kills */
  async run(kills) {
    await this.#pause(WHOLE_MS);
    for (let index = 0; index < kills; index += 1) {
      const host = await this.#findVictim(ROLES[index % ROLES.length]);
      await this.#killAndRevive(host);
      await this.#pause(WHOLE_MS);
    }
  }

  /** @param {import('./host.mjs').Host} host */
  async revive(host) {
    this.#signal.throwIfAborted();
    host.start();
    this.#tell(`${host.name} is started again`);
    const startedMs = performance.now();
    await this.#waitFor(`replica ${host.name} to be a full member again`, () => host.isMember);
    this.#tell(`${host.name} is a full member again, after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  }

  async #findVictim(role) {
    let victim;
    await this.#group.nextObservation();
    await this.#waitFor(`a replica that is ${role} to be known`, () => {
      const hosts = this.#group.hosts;
      victim = hosts.every((host) => host.isMember) ? chooseVictim(role, hosts) : undefined;
      return victim !== undefined;
    });
    return victim;
  }

  async #killAndRevive(host) {
    const roles = describeRoles(host) || 'neither sequencer nor attached';
    this.#tell(`kill -9 ${host.name}, ${roles}: interceptor ${host.pid}, service ${host.servicePid}`);
    await host.crash();
    await this.#pause(BEREFT_MS);
    await this.revive(host);
  }

  async #waitFor(what, isSo) {
    const deadlineMs = performance.now() + MEMBERSHIP_MS;
    while (!(await isSo())) {
      if (performance.now() > deadlineMs) throw new Error(`waited ${MEMBERSHIP_MS / 1000} s in vain for ${what}`);
      await this.#pause(POLL_MS);
    }
  }

  async #pause(milliseconds) {
    await pause(milliseconds, undefined, { signal: this.#signal }).catch(() => this.#signal.throwIfAborted());
  }
}
