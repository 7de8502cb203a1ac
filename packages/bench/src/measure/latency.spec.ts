import { expect } from 'chai';
import { Latency, median } from './latency.js';

describe('bench: latencies', () => {
  it('are summed up in microseconds, with three digits', () => {
    const latency = new Latency();
    for (let milliseconds = 1; milliseconds <= 100; milliseconds++) latency.record(milliseconds);
    const { count, p50Us, p99Us, maxUs } = latency.summary();
    expect(count).to.equal(100);
    expect(p50Us).to.be.closeTo(50_000, 50);
    expect(p99Us).to.be.closeTo(99_000, 99);
    expect(maxUs).to.be.closeTo(100_000, 100);
  });

  it('travel between processes, and add up', () => {
    const [one, other] = [new Latency(), new Latency()];
    one.record(1);
    other.record(3);
    one.add(Latency.decode(other.encode()));
    expect(one.count).to.equal(2);
    expect(one.summary().maxUs).to.be.closeTo(3000, 3);
  });

  it('the median is the middle, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
  });
});
