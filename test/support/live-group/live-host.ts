import type { MemberStatus } from '@lockstep/core';
import type { RecordedProcess } from '../recorded-process.js';

/** How long a replica may take to leave the group and to end its service. */
const stopMs = 30_000;

/** What stands for one host: a member's service interceptor, and the service that it has started. */
export class LiveHost {
  readonly name: string;
  /** Where its service listens; undefined for a witness. */
  readonly servicePort: number | undefined;
  readonly interceptor: RecordedProcess;
  /** What it said of itself when it was asked last. */
  #lastStatus: MemberStatus | undefined;

  constructor(name: string, servicePort: number | undefined, interceptor: RecordedProcess) {
    this.name = name;
    this.servicePort = servicePort;
    this.interceptor = interceptor;
  }

  /** Notes what it says of itself, unless an earlier process of the same name has said it. */
  observe(status: MemberStatus): void {
    if (status.pid === this.interceptor.pid) this.#lastStatus = status;
  }

  /** What the process that runs now has said of itself when it was asked last. */
  get status(): MemberStatus | undefined {
    return this.#lastStatus?.pid === this.interceptor.pid ? this.#lastStatus : undefined;
  }

  start(): void {
    this.interceptor.start();
  }

  /** `kill -9` of the interceptor. Its service has nobody any more, and ends as well. */
  async killInterceptor(): Promise<void> {
    await this.interceptor.kill();
  }

  /** `kill -9` of the service only. */
  killService(): void {
    process.kill(this.#servicePid, 'SIGKILL');
  }

  /** `kill -9` of everything, as a power failure does it. */
  async killAll(): Promise<void> {
    if (this.servicePort !== undefined) this.killService();
    await this.interceptor.kill();
  }

  async stop(): Promise<void> {
    await this.interceptor.stop(stopMs);
  }

  get #servicePid(): number {
    const pid = this.status?.servicePid ?? undefined;
    if (pid === undefined) throw new Error(`the service of ${this.name} is not known to run`);
    return pid;
  }
}
