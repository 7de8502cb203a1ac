import type { Milliseconds } from '@lockstep/contracts';

/** `facts`: faults, views, connections, reports. `steps`: every message and entry as well. */
export type TraceLevel = 'facts' | 'steps';

const linesKept = 60;

/**
 * Everything that happened, as lines of text. All of them go into the hash; only the last ones are kept, for the report
 * of a failure, and whoever asks is given each as it is written.
 */
export class Trace {
  #high = 0x811c9dc5;
  #low = 0x9747b28c;
  #count = 0;
  readonly #last: string[] = [];
  readonly #now: () => Milliseconds;
  readonly #listener: ((line: string, level: TraceLevel) => void) | undefined;

  constructor(now: () => Milliseconds, listener?: (line: string, level: TraceLevel) => void) {
    this.#now = now;
    this.#listener = listener;
  }

  /** How many lines there were. */
  get count(): number {
    return this.#count;
  }

  /** The last lines, the newest at the end. */
  get last(): readonly string[] {
    const start = this.#count % linesKept;
    return this.#count < linesKept ? this.#last : [...this.#last.slice(start), ...this.#last.slice(0, start)];
  }

  /** 64 bits over all lines so far, as 16 hexadecimal digits. */
  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  fact(who: string, what: string): void {
    this.#write(who, what, 'facts');
  }

  step(who: string, what: string): void {
    this.#write(who, what, 'steps');
  }

  #write(who: string, what: string, level: TraceLevel): void {
    const line = `${this.#now().toFixed(3).padStart(9)} ${who.padEnd(6)} ${what}`;
    for (let index = 0; index < line.length; index++) {
      const code = line.charCodeAt(index);
      this.#high = Math.imul(this.#high ^ code, 0x01000193);
      this.#low = Math.imul(this.#low ^ code, 0x5bd1e995) ^ (this.#low >>> 15);
    }
    this.#last[this.#count % linesKept] = line;
    this.#count++;
    this.#listener?.(line, level);
  }
}
