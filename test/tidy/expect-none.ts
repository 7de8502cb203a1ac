import { expect } from 'chai';

/**
 * Asserts that a check found nothing, and shows what it found otherwise. A check that read nothing fails too: a folder
 * that was renamed must not turn it off.
 */
export function expectNone<Input>(inputs: readonly Input[], check: (inputs: readonly Input[]) => string[]): void {
  expect(inputs, 'the check read nothing').not.to.have.lengthOf(0);
  expect(check(inputs).join('\n')).to.equal('');
}
