import type { ServiceChannel, ServiceFace } from '@lockstep/contracts';
import type { Role } from '../messages/hello.js';
import type { ProgramRunner } from './program-runner.js';
import { ProgramSession } from './program-session.js';
import { StreamChannel } from './stream-channel.js';

/** Runs a program for each pair of connections that say in their hellos that they belong together. */
export class StdioServiceFace implements ServiceFace {
  readonly #runner: ProgramRunner;
  readonly #quietMs: number | undefined;
  readonly #sessions = new Map<string, ProgramSession>();

  /** @param quietMs of the gate `consumed`; undefined for none */
  constructor(runner: ProgramRunner, quietMs: number | undefined) {
    this.#runner = runner;
    this.#quietMs = quietMs;
  }

  connect(): ServiceChannel {
    return new StreamChannel((channel, { session, role }) => this.#join(channel, session, role));
  }

  probe(): Promise<void> {
    return this.#runner.probe();
  }

  onLost(listener: (reason: Error) => void): void {
    this.#runner.onLost(listener);
  }

  close(): void {
    this.#runner.close();
  }

  /** @returns undefined if the session has a connection of this role already */
  #join(channel: StreamChannel, id: string, role: Role): ProgramSession | undefined {
    const session =
      this.#sessions.get(id) ?? new ProgramSession(this.#runner, this.#quietMs, () => this.#sessions.delete(id));
    this.#sessions.set(id, session);
    return session.join(role, channel) ? session : undefined;
  }
}
