import type { Command } from '../connections/entry.js';
import { clientLimits } from './limits.js';

/** Cuts a stream of commands into batches of bounded size. */
export class Batches {
  readonly #batches: Command[][] = [];
  #bytes = 0;

  /** @param costBytes a command that costs more than fits goes alone */
  add(command: Command, costBytes: number): void {
    const last = this.#batches.at(-1);
    const fits = this.#bytes + costBytes <= clientLimits.batchBytesMax;
    if (last !== undefined && fits && last.length < clientLimits.commandsPerBatchMax) {
      last.push(command);
      this.#bytes += costBytes;
    } else {
      this.#batches.push([command]);
      this.#bytes = costBytes;
    }
  }

  toArray(): readonly (readonly Command[])[] {
    return this.#batches;
  }
}
