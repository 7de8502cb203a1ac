import { Random } from './random.js';

/** Chance that has been taken out: every draw is the middle, so that a scripted world has nothing in it but its script. */
export class SteadyRandom extends Random {
  constructor() {
    super(0, 'steady');
  }

  override fork(): Random {
    return this;
  }

  override fraction(): number {
    return 0.5;
  }

  override shuffled<Item>(items: readonly Item[]): Item[] {
    return [...items];
  }
}
