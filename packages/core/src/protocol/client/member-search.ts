import type { MemberName, Milliseconds } from '@lockstep/contracts';
import { clientLimits } from './limits.js';

/** Which member to turn to next, and after which delay. */
export class MemberSearch {
  readonly #configured: readonly MemberName[];
  /** The members of the last known view, by rank. */
  #ranked: readonly MemberName[] = [];
  /** Who was turned to in vain in this round. */
  readonly #tried = new Set<MemberName>();
  #fruitlessRounds = 0;

  /** @param configured every member that has a service; at least one */
  constructor(configured: readonly MemberName[]) {
    this.#configured = configured;
  }

  /** The members that the group is known to have now, by rank. Who is not configured is no candidate. */
  learn(members: readonly MemberName[]): void {
    this.#ranked = members.filter((member) => this.#configured.includes(member));
  }

  /** The first one to turn to. */
  first(): MemberName | undefined {
    return this.#candidates[0];
  }

  /** An attachment has lasted: what failed before does not count any more. */
  succeeded(): void {
    this.#tried.clear();
    this.#fruitlessRounds = 0;
  }

  /**
   * Whom to turn to after `lost`: the first by rank who was not tried in this round, for the sequencer's own clients are
   * served fastest; at once, but after a fruitless round through all of them with a delay that grows.
   */
  next(lost: MemberName): { readonly member: MemberName | undefined; readonly delayMs: Milliseconds } {
    const candidates = this.#candidates;
    this.#tried.add(lost);
    const member = candidates.find((candidate) => !this.#tried.has(candidate));
    if (member !== undefined) return { member, delayMs: 0 };
    this.#tried.clear();
    const delayMs = clientLimits.roundDelayMinMs * 2 ** Math.min(this.#fruitlessRounds, 10);
    this.#fruitlessRounds += 1;
    return { member: candidates[0], delayMs: Math.min(delayMs, clientLimits.roundDelayMaxMs) };
  }

  /** The view may be out of date, so the others come behind it. */
  get #candidates(): readonly MemberName[] {
    return [...this.#ranked, ...this.#configured.filter((member) => !this.#ranked.includes(member))];
  }
}
