import type { Segment } from '@lockstep/contracts';

/** What was given to a channel and not taken yet: counted in units by the channel, bounded in bytes by the relay. */
export class Outstanding {
  readonly #segments: { readonly endUnits: number; readonly bytes: number }[] = [];
  #sentUnits = 0;
  bytes = 0;

  noteSent({ length, payload }: Segment): void {
    this.#sentUnits += length;
    this.bytes += payload.byteLength;
    this.#segments.push({ endUnits: this.#sentUnits, bytes: payload.byteLength });
  }

  /** @param units cumulative */
  noteTaken(units: number): void {
    for (let first = this.#segments[0]; first !== undefined && first.endUnits <= units; first = this.#segments[0]) {
      this.bytes -= first.bytes;
      this.#segments.shift();
    }
  }
}
