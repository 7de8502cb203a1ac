import type { EntryRun, IncarnationId, OrderNumber, SubmissionNumber } from '@lockstep/contracts';
import { expect } from 'chai';
import { limits } from '../limits.js';
import { OrderLog } from './order-log.js';

const order = (number: number): OrderNumber => number as OrderNumber;

/** A run whose entries are single bytes with the given values. */
function run(...bytes: number[]): EntryRun {
  return {
    sender: 'a/1' as IncarnationId,
    firstSubmission: (bytes[0] ?? 1) as SubmissionNumber,
    lengths: bytes.map(() => 1),
    payload: Uint8Array.from(bytes),
  };
}

function bytesOf(runs: readonly EntryRun[]): number[] {
  return runs.flatMap(({ payload }) => [...payload]);
}

describe('OrderLog', () => {
  const filled = (): OrderLog => {
    const log = new OrderLog(order(1));
    for (const entries of [[1, 2, 3], [4], [5, 6, 7, 8], [9]]) log.append(run(...entries));
    return log;
  };

  it('gives any range, cutting runs at both ends', () => {
    const log = filled();
    for (let from = 1; from <= 9; from++) {
      for (let to = from - 1; to <= 9; to++) {
        const expected = Array.from({ length: to - from + 1 }, (_, index) => from + index);
        expect(bytesOf(log.slice(order(from), order(to)))).to.deep.equal(expected);
      }
    }
  });

  it('keeps the submission numbers of what it cuts', () => {
    expect(filled().slice(order(6), order(7))[0]!.firstSubmission).to.equal(6);
  });

  it('refuses what it does not hold', () => {
    expect(() => filled().slice(order(9), order(10))).to.throw('the log holds 9..10');
  });

  it('stops behind the run with which an answer is large enough', () => {
    expect(bytesOf(filled().slice(order(2), order(9), 3))).to.deep.equal([2, 3, 4]);
  });

  it('counts the bytes behind an order number by whole runs', () => {
    const log = filled();
    expect([0, 3, 4, 8, 9].map((number) => log.bytesAfter(order(number)))).to.deep.equal([9, 6, 5, 1, 0]);
  });

  it('goes on with other entries where it was truncated', () => {
    const log = filled();
    log.truncate(order(5));
    log.append(run(60));
    expect(log.last).to.equal(6);
    expect(bytesOf(log.slice(order(1), order(6)))).to.deep.equal([1, 2, 3, 4, 5, 60]);
  });

  it('drops the oldest runs beyond its limit, and nothing that is still needed', () => {
    const bytesMax = 2 * (limits.runOverheadBytes + 4);
    const needed = filled();
    needed.trim(bytesMax, order(3));
    expect(needed.first).to.equal(4);
    const free = filled();
    free.trim(bytesMax, order(9));
    expect(free.first).to.equal(9);
    expect(free.last).to.equal(9);
    const small = filled();
    small.trim(4 * (limits.runOverheadBytes + 4), order(9));
    expect(small.first).to.equal(1);
  });
});
