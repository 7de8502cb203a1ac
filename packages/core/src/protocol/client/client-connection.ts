import type { ConnectionNumber, Position } from '@lockstep/contracts';
import type { ConnectionState } from '../connections/client-link.js';
import type { Command } from '../connections/entry.js';
import { pieceOverheadBytes } from '../connections/piece.js';
import type { ClientConnectionSnapshot } from './client-io.js';
import { Slot } from '../gathering.js';
import { DeliveredOutput } from './delivered-output.js';
import { RetainedInput } from './retained-input.js';

/** One connection of a client, from its acceptance until the group has forgotten it. */
export class ClientConnection {
  /** What the driver calls it. */
  readonly id: ConnectionNumber;
  /** What the group calls it. */
  readonly number: ConnectionNumber;
  readonly endpoint: string;
  readonly input: RetainedInput;
  readonly output = new DeliveredOutput();
  /** The client is told nothing more: its connection is closed or broken. */
  isGone = false;
  /** The client's connection is not read at present. */
  paused = false;
  readonly unsent = new Slot(this);
  readonly unacknowledged = new Slot(this);
  /** What the budget knows of `waitingBytes`. */
  accountedBytes = 0;
  /** Whether the group has it: `new` if not as far as is known, `sent` if that is on its way, `known` if it is stable. */
  #opening: 'new' | 'sent' | 'known' = 'new';
  #resetting = false;
  #resetSent = false;
  #inputSettled = false;
  #resetSettled = false;

  constructor(id: ConnectionNumber, number: ConnectionNumber, endpoint: string) {
    this.id = id;
    this.number = number;
    this.endpoint = endpoint;
    this.input = new RetainedInput(number);
  }

  /** It is broken, and the group has to hear of it. */
  get resetting(): boolean {
    return this.#resetting;
  }

  /** The group has forgotten it, or will by what is in the order for good. */
  get isOver(): boolean {
    return this.#resetSettled || (this.#inputSettled && this.output.endSettled);
  }

  /** There are commands to send. */
  get hasUnsent(): boolean {
    if (this.#opening === 'new') return true;
    return this.#resetting ? !this.#resetSent : this.input.hasUnsent;
  }

  /** What the next command costs. */
  get nextCostBytes(): number {
    return this.#opening === 'new' || this.#resetting ? pieceOverheadBytes : this.input.nextCostBytes;
  }

  /** Breaks it: what was not sent never will be. Its number is opened all the same, because the group counts them. */
  reset(): void {
    this.#resetting = true;
    this.input.discard();
  }

  /** The next command to send, which counts as sent from here on. */
  takeUnsent(): Command | undefined {
    if (this.#opening === 'new') {
      this.#opening = 'sent';
      return { kind: 'open', connection: this.number, endpoint: this.endpoint };
    }
    if (!this.#resetting) return this.input.takeUnsent();
    if (this.#resetSent) return undefined;
    this.#resetSent = true;
    return { kind: 'reset', connection: this.number };
  }

  /** A command of this connection is in the order for good. */
  settle(command: Command): void {
    switch (command.kind) {
      case 'open':
        this.#opening = 'known';
        return;
      case 'data':
        return this.input.settle((command.position + command.length) as Position);
      case 'end':
        this.input.settle((command.position + 1) as Position);
        this.#inputSettled = true;
        return;
      case 'reset':
        this.#resetSettled = true;
        return;
      case 'acknowledge':
        this.output.settle(command.position);
    }
  }

  /**
   * A new attachment, in which the group has this connection.
   *
   * @returns what is wrong with the state, if it cannot be true
   */
  resume(state: ConnectionState): string | undefined {
    this.#opening = 'known';
    this.#resetSent = false;
    // What the attachment acknowledged is in the order, just as the attachment is.
    this.output.settleTold();
    if (state.taken > state.input) return 'the service took requests that are not in';
    if (this.#resetting) return undefined;
    const fault = this.input.resume(state.input) ?? this.input.take(state.taken);
    this.#inputSettled = this.input.ended && state.input === this.input.produced;
    return fault;
  }

  /**
   * A new attachment, in which the group has not got as far as this connection.
   *
   * @returns what is wrong with that, if it cannot be true
   */
  startOver(): string | undefined {
    if (this.#opening === 'known' || this.output.received > 0) return 'the group has lost a connection';
    this.#opening = 'new';
    this.#resetSent = false;
    return this.#resetting ? undefined : this.input.resume(0 as Position);
  }

  /** Whether it is no wonder that the group has forgotten it. */
  get mayBeForgotten(): boolean {
    return this.#resetting || (this.input.ended && this.output.endTold);
  }

  snapshot(): ClientConnectionSnapshot {
    const { input, output } = this;
    return {
      connection: this.id,
      number: this.number,
      endpoint: this.endpoint,
      produced: input.produced,
      stable: input.stable,
      received: output.received,
      acknowledgeable: output.acknowledgeable,
      resetting: this.#resetting,
      paused: this.paused,
    };
  }
}
