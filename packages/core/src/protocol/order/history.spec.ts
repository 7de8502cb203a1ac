import type { EntryRun, IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { expect } from 'chai';
import { limits } from '../limits.js';
import { History, segmentBytesFor } from './history.js';
import type { HistorySegment } from './history-segment.js';

const segmentBytes = 1024;

describe('History', () => {
  let history: History;
  /** Entries that were appended. */
  let count: number;

  beforeEach(() => {
    history = new History(segmentBytes);
    count = 0;
  });

  /** Appends a run of one entry, whose bytes are all the same. */
  const append = (byteLength: number, mark = 0, sender = 'a/1'): void => {
    history.append(count + 1, {
      sender: sender as IncarnationId,
      firstSubmission: ++count as SubmissionNumber,
      lengths: [byteLength],
      payload: new Uint8Array(byteLength).fill(mark),
    });
  };

  const read = (from: number, to: number, bytesMax = Infinity): EntryRun[] => {
    const runs: EntryRun[] = [];
    history.addTo(runs, from, to, bytesMax);
    return runs;
  };

  /** Fills a segment, and drops the oldest ones until it is the only one. */
  const turnOver = (): HistorySegment => {
    append(segmentBytes);
    while (history.oldest!.last < count) history.dropOldest();
    return history.oldest!;
  };

  it('uses the segments again that it drops', () => {
    const segments = new Set(Array.from({ length: 9 }, turnOver));
    expect(segments.size).to.equal(2);
    expect(read(count, count)[0]!.firstSubmission).to.equal(count);
  });

  it('uses all of them again if it drops several at once', () => {
    const segments = new Set<HistorySegment>();
    for (let round = 0; round < 9; round++) {
      for (let times = 0; times < 8; times++) append(segmentBytes);
      for (let times = 0; times < 8; times++) {
        segments.add(history.oldest!);
        history.dropOldest();
      }
      expect(history.oldest).to.equal(undefined);
    }
    expect(segments.size).to.equal(8);
    append(segmentBytes, 3);
    expect(read(count, count)[0]!.payload[0]).to.equal(3);
  });

  it('keeps no more than eight of them', () => {
    for (let times = 0; times < 9; times++) append(segmentBytes);
    const segments = new Set<HistorySegment>();
    const dropAll = (): void => {
      for (; history.oldest !== undefined; history.dropOldest()) segments.add(history.oldest);
    };
    dropAll();
    for (let times = 0; times < 9; times++) append(segmentBytes);
    dropAll();
    expect(segments.size).to.equal(10);
  });

  it('never writes where bytes have been lent', () => {
    append(segmentBytes, 7);
    const [lent] = read(1, 1);
    const segment = history.oldest;
    for (let times = 0; times < 9; times++) expect(turnOver()).not.to.equal(segment);
    expect(lent!.payload.every((byte) => byte === 7)).to.equal(true);
  });

  it('gives what is larger than a segment memory of its own, which it does not keep', () => {
    append(segmentBytes);
    append(segmentBytes + 1, 9);
    append(segmentBytes);
    expect(read(2, 2)[0]!.payload).to.have.length(segmentBytes + 1);
    history.dropOldest();
    const own = history.oldest!;
    for (let times = 0; times < 3; times++) expect(turnOver()).not.to.equal(own);
  });

  it('counts the memory that it takes, what is lost at the end of a segment too', () => {
    append(segmentBytes - 10);
    const before = history.bytes;
    append(11);
    expect(history.bytes - before).to.be.within(10 + 11, 10 + 11 + 2000);
    history.dropOldest();
    history.dropOldest();
    expect(history.bytes).to.equal(0);
    expect(history.oldest).to.equal(undefined);
  });

  it('goes on after everything was dropped', () => {
    append(100, 1);
    history.dropOldest();
    append(100, 2);
    expect(history.oldest!.first).to.equal(2);
    expect(history.bytesAfter(1)).to.equal(100);
    expect(read(2, 2)[0]!.payload[0]).to.equal(2);
  });

  it('counts the bytes behind an entry over all its segments', () => {
    for (const byteLength of [600, 500, 400, 1000]) append(byteLength);
    expect([0, 1, 2, 3, 4].map((order) => history.bytesAfter(order))).to.deep.equal([2500, 1900, 1400, 1000, 0]);
    history.dropOldest();
    expect([1, 2, 3, 4].map((order) => history.bytesAfter(order))).to.deep.equal([1900, 1400, 1000, 0]);
  });

  it('makes one run of those that follow each other, as long as it is no large one', () => {
    history = new History(segmentBytesFor(1 << 30));
    const half = limits.packedBytesMin / 2;
    for (let entry = 1; entry <= 5; entry++) append(half);
    expect(read(1, 5).map(({ lengths }) => lengths.length)).to.deep.equal([2, 2, 1]);
    expect(read(1, 5, half).map(({ lengths }) => lengths.length)).to.deep.equal([2]);
    append(1, 0, 'b/1');
    append(1, 0, 'a/1');
    expect(read(6, 7).map(({ sender }) => sender)).to.deep.equal(['b/1', 'a/1']);
  });

  it('keeps any number of senders apart', () => {
    for (let sender = 0; sender < 600; sender++) append(1, 0, `s/${sender}`);
    expect(read(1, 600).map(({ sender }) => sender)).to.deep.equal(Array.from({ length: 600 }, (_, n) => `s/${n}`));
  });
});

describe('segmentBytesFor', () => {
  it('lets a limit be a multiple of a segment', () => {
    expect(segmentBytesFor(1 << 30)).to.equal(4 << 20);
    expect(segmentBytesFor(8 << 20)).to.equal(1 << 20);
    expect(segmentBytesFor(1)).to.equal(limits.packedBytesMin);
  });
});
