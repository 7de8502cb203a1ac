const none: readonly never[] = [];

/** The effects that gather during one step. Most steps have none, and few have more than one: nothing is made ready for more. */
export class EffectList<Effect> {
  #effects: Effect[] | undefined;

  add(effect: Effect): void {
    if (this.#effects === undefined) this.#effects = [effect];
    else this.#effects.push(effect);
  }

  /** Ends the step. */
  take(): readonly Effect[] {
    const effects = this.#effects;
    if (effects === undefined) return none;
    this.#effects = undefined;
    return effects;
  }
}
