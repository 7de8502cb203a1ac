import type { MemberInput } from '../protocol/member-io.js';

/** How many inputs are remembered. They are kept by reference, so this bounds the payload that they hold on to. */
const inputsMax = 32;
/** How much of a list is shown. */
const shownMax = 16;

/** The last inputs of a member, for the dump that is written when an invariant breaks. */
export class RecentInputs {
  readonly #inputs: MemberInput[] = [];
  #next = 0;

  add(input: MemberInput): void {
    this.#inputs[this.#next] = input;
    this.#next = (this.#next + 1) % inputsMax;
  }

  /** One line of JSON for each, the oldest first. Payloads are shown by their size. */
  describe(): readonly string[] {
    return [...this.#inputs.slice(this.#next), ...this.#inputs.slice(0, this.#next)].map((input) =>
      JSON.stringify(input, abbreviate),
    );
  }
}

function abbreviate(this: unknown, key: string, value: unknown): unknown {
  // What a Buffer makes of itself is a list of numbers; its holder still has the Buffer.
  const original = (this as Record<string, unknown>)[key];
  if (original instanceof Uint8Array) return `${original.length} bytes`;
  if (!Array.isArray(value) || value.length <= shownMax) return value;
  return [...(value as unknown[]).slice(0, shownMax), `… ${value.length} in all`];
}
