import { expect } from 'chai';
import { RestartDelay } from './restart-delay.js';

describe('RestartDelay', () => {
  it('doubles up to ten seconds', () => {
    const delay = new RestartDelay();
    const delays = Array.from({ length: 7 }, () => delay.nextMs(0));
    expect(delays).to.deep.equal([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it('starts over after a run that went well', () => {
    const delay = new RestartDelay();
    delay.nextMs(0);
    expect(delay.nextMs(60_000)).to.equal(500);
    expect(delay.nextMs(100)).to.equal(1000);
  });
});
