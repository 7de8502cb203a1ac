import type { MemberName, Milliseconds } from '@lockstep/contracts';
import { clientLimits } from './limits.js';

/** Which member to turn to next, and after which delay. */
export class MemberSearch {
  readonly #configured: readonly MemberName[];
  /** The members of the last known view, by rank. */
  #ranked: readonly MemberName[] = [];
  /** In a row. */
  #failures = 0;
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
    this.#failures = 0;
    this.#fruitlessRounds = 0;
  }

  /** The next one after `lost`: at once, but after a fruitless round through all of them with a delay that grows. */
  next(lost: MemberName): { readonly member: MemberName | undefined; readonly delayMs: Milliseconds } {
    const candidates = this.#candidates;
    const member = candidates[(candidates.indexOf(lost) + 1) % candidates.length];
    this.#failures += 1;
    if (this.#failures < candidates.length) return { member, delayMs: 0 };
    this.#failures = 0;
    const delayMs = clientLimits.roundDelayMinMs * 2 ** Math.min(this.#fruitlessRounds, 10);
    this.#fruitlessRounds += 1;
    return { member, delayMs: Math.min(delayMs, clientLimits.roundDelayMaxMs) };
  }

  /** The view may be out of date, so the others come behind it. */
  get #candidates(): readonly MemberName[] {
    return [...this.#ranked, ...this.#configured.filter((member) => !this.#ranked.includes(member))];
  }
}
