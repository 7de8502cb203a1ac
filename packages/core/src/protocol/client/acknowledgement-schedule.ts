import type { Milliseconds } from '@lockstep/contracts';
import { Gathering } from '../gathering.js';
import type { ClientConnection } from './client-connection.js';
import { clientLimits } from './limits.js';

/**
 * When acknowledgements are sent: at once for the end of an output or when much is unacknowledged, otherwise after a while.
 */
export class AcknowledgementSchedule {
  readonly #unacknowledgedBytesMax: number;
  readonly #pending = new Gathering<ClientConnection>();
  #urgent = false;
  #dueAt: Milliseconds | undefined;

  /** @param windowBytes what a member sends on one connection before it needs an acknowledgement to go on */
  constructor(windowBytes: number) {
    this.#unacknowledgedBytesMax = Math.min(clientLimits.unacknowledgedBytesMax, windowBytes / 4);
  }

  /** When they are to be sent at the latest. */
  get dueAt(): Milliseconds | undefined {
    return this.#dueAt;
  }

  isDue(now: Milliseconds): boolean {
    return this.#urgent || (this.#dueAt !== undefined && now >= this.#dueAt);
  }

  /** The client may have taken more of this connection's output. */
  note(connection: ClientConnection, now: Milliseconds): void {
    const { output } = connection;
    if (!output.hasNews || connection.resetting) return;
    this.#pending.add(connection.unacknowledged);
    this.#dueAt ??= now + clientLimits.acknowledgeAfterMs;
    if (output.isWhole || output.unacknowledgedBytes > this.#unacknowledgedBytesMax) this.#urgent = true;
  }

  forget(connection: ClientConnection): void {
    this.#pending.delete(connection.unacknowledged);
  }

  /** The connections that have something to acknowledge; they count as done. */
  take(): ClientConnection[] {
    this.#urgent = false;
    this.#dueAt = undefined;
    return this.#pending.take().filter(({ resetting, output }) => !resetting && output.hasNews);
  }
}
