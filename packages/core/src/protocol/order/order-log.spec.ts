import type { EntryRun, IncarnationId, OrderNumber, SubmissionNumber } from '@lockstep/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import { limits } from '../limits.js';
import { segmentBytesFor } from './history.js';
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

/** A log that begins with the entry 1. */
function newLog(segmentBytes = segmentBytesFor(1 << 30)): OrderLog {
  return new OrderLog(order(1), segmentBytes);
}

const largeBytes = 256 * 1024;

describe('OrderLog', () => {
  const filled = (): OrderLog => {
    const log = newLog();
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

  it('never truncates what is packed', () => {
    const log = newLog();
    for (let entry = 1; entry <= limits.packedRunsMin; entry++) log.append(run(entry % 256));
    log.pack(log.last);
    expect(() => log.truncate(order(log.last - 1))).to.throw('is not settled');
  });

  describe('drops the oldest segments beyond its limit', () => {
    const segmentCount = 3;
    /** A log of three segments, each as large as what is packed at a time, and one run behind them. */
    function packed(): OrderLog {
      const log = newLog(limits.packedRunsMin);
      for (let entry = 1; entry <= segmentCount * limits.packedRunsMin; entry++) {
        log.append(run(entry % 256));
        log.pack(log.last);
      }
      log.append(run(0));
      return log;
    }

    it('but nothing that is still needed', () => {
      const log = packed();
      log.trim(0, order(limits.packedRunsMin));
      expect(log.first).to.equal(limits.packedRunsMin + 1);
      log.trim(0, order(log.last));
      expect(log.first).to.equal(segmentCount * limits.packedRunsMin + 1);
    });

    it('and no more than it must', () => {
      const log = packed();
      log.trim(log.bytes, order(log.last));
      expect(log.first).to.equal(1);
      log.trim(log.bytes - 1, order(log.last));
      expect(log.first).to.equal(limits.packedRunsMin + 1);
    });
  });

  it('leaves what it gave as it was when it drops it and goes on', () => {
    const log = newLog();
    const large = (mark: number): EntryRun => ({
      ...run(0),
      lengths: [largeBytes],
      payload: new Uint8Array(largeBytes).fill(mark),
    });
    const fill = (from: number, to: number): void => {
      for (let mark = from; mark <= to; mark++) {
        log.append(large(mark));
        log.pack(log.last, 1);
        log.trim(0, log.last);
      }
    };
    log.append(large(1));
    log.pack(log.last, 1);
    const [given] = log.slice(order(1), order(1));
    fill(2, 100);
    expect(given!.payload.every((byte) => byte === 1)).to.equal(true);
  });

  it('forgets what is settled, where no history is needed, once it is enough', () => {
    const log = filled();
    log.forget(order(7), 2);
    expect([log.first, log.last]).to.deep.equal([5, 9]);
    expect(bytesOf(log.slice(order(5), order(9)))).to.deep.equal([5, 6, 7, 8, 9]);
    log.forget(order(9), 3);
    expect(log.first).to.equal(5);
    log.forget(order(9), 2);
    expect([log.first, log.last, log.bytes]).to.deep.equal([10, 9, 0]);
  });

  it('is the same whether it is packed or not', () => {
    const large = fc.integer({ min: limits.keptRunBytesMin / 2, max: 2 * limits.keptRunBytesMin });
    const runs = fc.array(
      fc.record({
        sender: fc.constantFrom('a/1', 'b/1'),
        lengths: fc.array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) }, large), { minLength: 1 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    const segments = fc.constantFrom(16, 1000, 2 * limits.keptRunBytesMin, segmentBytesFor(1 << 30));
    fc.assert(
      fc.property(
        runs,
        segments,
        fc.integer({ min: 1, max: 40 }),
        fc.infiniteStream(fc.nat()),
        (given, segmentBytes, settled, numbers) => {
          const [plain, packed] = [newLog(), newLog(segmentBytes)];
          const submissions = new Map<string, number>();
          let byte = 0;
          for (const { sender, lengths } of given) {
            const firstSubmission = (submissions.get(sender) ?? 1) as SubmissionNumber;
            submissions.set(sender, firstSubmission + lengths.length);
            const payload = Uint8Array.from({ length: lengths.reduce((sum, length) => sum + length, 0) }, () => byte++);
            for (const log of [plain, packed])
              log.append({ sender: sender as IncarnationId, firstSubmission, lengths, payload });
          }
          packed.pack(order(settled), 1);
          const from = 1 + (numbers.next().value % plain.last);
          const to = from - 1 + (numbers.next().value % (plain.last - from + 2));
          expect(entriesOf(packed.slice(order(from), order(to)))).to.deep.equal(
            entriesOf(plain.slice(order(from), order(to))),
          );
          expect(packed.bytesAfter(order(from))).to.be.at.most(plain.bytesAfter(order(from)));
          expect(packed.last).to.equal(plain.last);
        },
      ),
    );
  });
});

/** Each entry with its sender, submission number and bytes. */
function entriesOf(runs: readonly EntryRun[]): string[] {
  return runs.flatMap(({ sender, firstSubmission, lengths, payload }) => {
    let offset = 0;
    return lengths.map((length, index) => {
      const bytes = payload.subarray(offset, (offset += length));
      return `${sender}:${firstSubmission + index} ${bytes.join(',')}`;
    });
  });
}
