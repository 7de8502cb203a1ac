import { Program } from './program.mjs';

/**
 * What stands for one host: a replica's service interceptor and the service that it has started. The two live and die
 * together, as they would with the machine they run on.
 */
export class Host {
  name;
  servicePort;
  /** How often it was killed on purpose. */
  kills = 0;
  #interceptor;
  /** @type {object | null} what `lockstep status` last told about the process that runs now */
  #member = null;

  /**
   * @param {{ name: string, servicePort: number }} replica
   * @param {Omit<ConstructorParameters<typeof Program>[0], 'name'>} options
   */
  constructor(replica, options) {
    this.name = replica.name;
    this.servicePort = replica.servicePort;
    this.#interceptor = new Program({ ...options, name: `replica-${replica.name}` });
  }

  get pid() {
    return this.#interceptor.pid;
  }

  get servicePid() {
    return this.#member?.servicePid ?? null;
  }

  /** @returns {object | null} what `lockstep status` last told of it, null while that is not known */
  get member() {
    return this.pid === null ? null : this.#member;
  }

  get isMember() {
    return this.member?.state === 'member';
  }

  get isAttached() {
    return this.member?.clients.some((client) => client.attached) ?? false;
  }

  /** @param {Program} program @returns {boolean} whether that is this host's interceptor */
  runs(program) {
    return program === this.#interceptor;
  }

  /** @param {object | undefined} member its row in the status; one about an earlier process is passed over */
  observe(member) {
    if (member?.reachable && member.pid === this.pid) this.#member = member;
  }

  start() {
    this.#killService();
    this.#interceptor.start();
  }

  /** Kills both processes, as a power failure would. */
  async crash() {
    this.kills += 1;
    const gone = this.#interceptor.kill();
    this.#killService();
    await gone;
  }

  /** Lets it leave the group and end. */
  async stop() {
    if (this.pid === null || !(await this.#interceptor.stop())) this.#killService();
    this.#member = null;
  }

  /** For the last moment of the demo's process, when nothing can be waited for any more. */
  killNow() {
    // One whose service is not known yet has to end it by itself.
    this.#interceptor.signal(this.servicePid === null ? 'SIGTERM' : 'SIGKILL');
    this.#killService();
  }

  /** A service outlives the interceptor that started it, if that was killed. */
  #killService() {
    const pid = this.servicePid;
    this.#member = null;
    if (pid === null) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
