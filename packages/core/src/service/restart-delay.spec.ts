import { expect } from 'chai';
import { RestartDelay } from './restart-delay.js';

describe('RestartDelay', () => {
  it('restarts at once after the first end, then ever later, up to 5 s', () => {
    const delay = new RestartDelay();
    const delays = [delay.nextMs];
    for (let ends = 0; ends < 9; ends += 1) {
      delay.noteEnd(50);
      delays.push(delay.nextMs);
    }
    expect(delays).to.deep.equal([0, 0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('forgives what lies behind a sound life', () => {
    const delay = new RestartDelay();
    for (let ends = 0; ends < 5; ends += 1) delay.noteEnd(50);
    delay.noteEnd(10_000);
    expect(delay.nextMs).to.equal(0);
    delay.noteEnd(50);
    expect(delay.nextMs).to.equal(100);
  });
});
