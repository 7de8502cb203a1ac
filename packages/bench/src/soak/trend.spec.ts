import { expect } from 'chai';
import { trendOf } from './trend.js';

describe('bench: trends', () => {
  it('are the slope of what grows steadily', () => {
    const samples = [0, 30_000, 60_000].map((atMs) => ({ atMs, value: 100 + atMs / 6000 }));
    const { from, to, perMinute } = trendOf(samples);
    expect(from).to.be.closeTo(100, 1e-9);
    expect(to).to.be.closeTo(110, 1e-9);
    expect(perMinute).to.be.closeTo(10, 1e-9);
  });

  it('are flat where it goes up and down', () => {
    const samples = [100, 140, 100, 100, 140, 100].map((value, index) => ({ atMs: index * 1000, value }));
    expect(trendOf(samples).perMinute).to.be.closeTo(0, 1e-9);
  });
});
