import { expect } from 'chai';
import { HistoryMemory, type HistoryPart, segmentBytes } from './history-memory.js';

describe('HistoryMemory', () => {
  let memory: HistoryMemory;

  beforeEach(() => {
    memory = new HistoryMemory();
  });

  const takeWhole = (mark: number): HistoryPart => {
    const part = memory.take(segmentBytes);
    part.set(Uint8Array.of(mark), 0);
    return part;
  };

  /** What somebody has left where the next segment's first part lies; 0 if it is new. */
  const nextMark = (): number => memory.take(segmentBytes).lend(0, 1)[0]!;

  it('uses a segment again once every part of it is released', () => {
    const halves = [memory.take(segmentBytes / 2), memory.take(segmentBytes / 2)];
    halves[0]!.set(Uint8Array.of(7), 0);
    takeWhole(8);
    halves[0]!.release();
    expect(nextMark()).to.equal(0);
    halves[1]!.release();
    expect(nextMark()).to.equal(7);
  });

  it('uses one again, too, whose parts were released while it was filled', () => {
    takeWhole(7).release();
    takeWhole(8);
    expect(nextMark()).to.equal(7);
  });

  it('never writes where bytes have been lent', () => {
    const first = takeWhole(7);
    const lent = first.lend(0, 1);
    first.release();
    for (let mark = 8; mark < 18; mark++) takeWhole(mark).release();
    expect([...lent]).to.deep.equal([7]);
  });

  it('gives what is larger than a segment memory of its own, and goes on with its segment', () => {
    const small = memory.take(1);
    memory.take(segmentBytes + 1).release();
    expect(memory.take(1).lend(0, 1).buffer).to.equal(small.lend(0, 1).buffer);
  });

  it('counts what it leaves out at the end of a segment', () => {
    expect(memory.take(segmentBytes - 10).bytesTaken).to.equal(segmentBytes - 10);
    const next = memory.take(11);
    expect(next.bytesTaken).to.equal(11 + 10);
    next.release();
    expect(memory.take(segmentBytes).bytesTaken).to.equal(segmentBytes + segmentBytes - 11);
    takeWhole(1).release();
    expect(memory.take(11).bytesTaken).to.equal(11);
  });
});
