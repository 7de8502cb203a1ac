/**
 * Something that the protocol proves cannot happen has happened. The driver stops this replica at once and dumps its
 * state: going on could show clients something that the group never agreed on.
 */
export class InvariantBroken extends Error {
  constructor(what: string) {
    super(`invariant broken: ${what}`);
    this.name = 'InvariantBroken';
  }
}

/** Checks what must hold, in production too. */
export function invariant(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantBroken(what);
}
