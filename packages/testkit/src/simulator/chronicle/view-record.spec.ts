import type { IncarnationId, View } from '@lockstep/contracts';
import { expect } from 'chai';
import { isQuorumOf } from './view-record.js';

describe('Quorums, as PROOF.md counts them', () => {
  it('are more than half, or half with rank 0', () => {
    expect(['ab', 'bc', 'abc'].map((present) => has('abc', present))).to.deep.equal([true, true, true]);
    expect(['a', 'b', 'c', ''].map((present) => has('abc', present))).to.deep.equal([false, false, false, false]);
    expect(['a', 'b', 'ab'].map((present) => has('ab', present))).to.deep.equal([true, false, true]);
    expect(['ab', 'ad', 'bc', 'cd', 'bcd'].map((present) => has('abcd', present))).to.deep.equal([
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it('with a fence are half only if all others are fenced, whoever they are', () => {
    expect(has('ab', 'a', '')).to.equal(false);
    expect(has('ab', 'a', 'b')).to.equal(true);
    expect(has('ab', 'b', 'a')).to.equal(true);
    expect(has('abcd', 'ab', 'c')).to.equal(false);
    expect(has('abcd', 'cd', 'ab')).to.equal(true);
    expect(has('abc', 'a', 'bc')).to.equal(false);
  });
});

function has(members: string, present: string, fenced?: string): boolean {
  const view = { members: [...members].map((incarnation) => ({ incarnation, witness: false })) } as unknown as View;
  const set = (names: string): Set<IncarnationId> => new Set([...names] as IncarnationId[]);
  return isQuorumOf(view, set(present), fenced === undefined ? undefined : set(fenced));
}
