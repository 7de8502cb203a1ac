import { expect } from 'chai';
import type { Benchmark } from './benchmark.js';
import { readRequest, usage } from './command-line.js';

const known = ['ordering', 'pingpong'].map((name): Benchmark => ({
  name,
  description: `measures ${name}`,
  run: () => Promise.resolve([]),
}));

describe('bench: command line', () => {
  it('runs everything in full if nothing is said', () => {
    expect(readRequest([], known)).to.deep.equal({
      benchmarks: known,
      scale: 'full',
      times: undefined,
      jsonPath: undefined,
    });
  });

  it('takes names and options in any order', () => {
    const request = readRequest(['--json', 'out.json', 'pingpong', '--times', '50', '--short'], known);
    expect(request).to.deep.equal({ benchmarks: [known[1]], scale: 'short', times: 50, jsonPath: 'out.json' });
  });

  it('refuses what it does not know', () => {
    expect(() => readRequest(['pingpong', 'speed'], known)).to.throw('There is no benchmark speed.');
    expect(() => readRequest(['--fast'], known)).to.throw('--fast');
    expect(() => readRequest(['--times', '0'], known)).to.throw('--times 0: write a whole number');
  });

  it('explains itself', () => {
    expect(readRequest(['--help'], known)).to.equal(undefined);
    expect(usage(known)).to.contain('ordering  measures ordering');
  });
});
