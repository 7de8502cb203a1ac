import { expect } from 'chai';
import { BackOff } from './back-off.js';

describe('back-off', () => {
  it('makes no pause at first, then ever longer ones, up to a maximum', () => {
    const backOff = new BackOff();
    const pauses = Array.from({ length: 12 }, () => backOff.next());
    expect(pauses).to.deep.equal([0, 2, 4, 8, 16, 32, 64, 128, 256, 500, 500, 500]);
    backOff.reset();
    expect(backOff.next()).to.equal(0);
  });
});
