type Kind = 'channels' | 'patterns' | 'shards';

const confirmations = new Map<string, Kind>([
  ['subscribe', 'channels'],
  ['unsubscribe', 'channels'],
  ['psubscribe', 'patterns'],
  ['punsubscribe', 'patterns'],
  ['ssubscribe', 'shards'],
  ['sunsubscribe', 'shards'],
]);
const messages = new Set(['message', 'pmessage', 'smessage']);

/** How many subscriptions a connection has, as the confirmations tell. */
export class Subscriptions {
  readonly #counts = { channels: 0, patterns: 0, shards: 0 };

  get total(): number {
    return this.#counts.channels + this.#counts.patterns + this.#counts.shards;
  }

  /** How many there are of what is confirmed with this word. */
  countOf(word: string): number {
    const kind = confirmations.get(word);
    return kind === undefined ? 0 : this.#counts[kind];
  }

  /** Whether an array that begins with this word is a message. Without subscriptions there is none. */
  isMessage(word: string): boolean {
    return this.total > 0 && messages.has(word);
  }

  /**
   * Notes a confirmation.
   *
   * @param count as it tells: channels and patterns are counted together, shards apart
   * @returns whether it is one
   */
  note(word: string, count: number): boolean {
    const kind = confirmations.get(word);
    if (kind === undefined) return false;
    const { channels, patterns } = this.#counts;
    const others = kind === 'channels' ? patterns : kind === 'patterns' ? channels : 0;
    this.#counts[kind] = Math.max(0, count - others);
    return true;
  }

  clear(): void {
    this.#counts.channels = 0;
    this.#counts.patterns = 0;
    this.#counts.shards = 0;
  }
}
