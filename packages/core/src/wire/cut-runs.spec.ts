import type { EntryRun, IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import type { OutputSegment } from '../protocol/connections/client-link.js';
import { limits } from '../protocol/limits.js';
import { Block } from './block.js';
import { cutRuns } from './cut-runs.js';
import { decodePeerMessage } from './decode-peer.js';
import { encodePeerMessage } from './encode-peer.js';
import { Framer } from './framer.js';
import { wireLimits } from './limits.js';
import { decodeMemberMessage, encodeMemberMessage } from './member-message-codec.js';

function runOf(sender: string, lengths: readonly number[], firstSubmission = 1): EntryRun {
  const payload = Buffer.alloc(lengths.reduce((total, length) => total + length, 0));
  payload.fill(sender);
  return {
    sender: sender as IncarnationId,
    firstSubmission: firstSubmission as SubmissionNumber,
    lengths,
    payload,
  };
}

/** What a receiver makes of the frames. */
function receive<Message>(frames: readonly Uint8Array[], decode: (block: Block) => Message | undefined): Message[] {
  const messages: Message[] = [];
  const framer = new Framer((block) => {
    messages.push(decode(block)!);
    return true;
  });
  framer.frameBytesMax = wireLimits.frameBytesMax;
  expect(framer.push(Buffer.concat(frames))).to.equal(undefined);
  return messages;
}

/** One line for each entry: where it belongs and how long it is. */
function listEntries(runs: readonly EntryRun[]): string[] {
  return runs.flatMap(({ sender, firstSubmission, lengths }) =>
    lengths.map((length, index) => `${sender} ${firstSubmission + index} ${length}`),
  );
}

describe('wire: cutting large messages', () => {
  const lengths = fc.array(fc.oneof(fc.nat(200), fc.nat(limits.entryBytesMax)), { minLength: 1, maxLength: 12 });

  it('keeps every entry, in order, in groups that fit', () => {
    fc.assert(
      fc.property(fc.array(lengths, { maxLength: 6 }), (lists) => {
        const runs = lists.map((list, index) => runOf('abcdef'[index]!, list, 10 * index + 1));
        const groups = cutRuns(runs);
        expect(groups.flatMap(listEntries)).to.deep.equal(listEntries(runs));
        const [before, after] = [runs, groups.flat()].map((list) => Buffer.concat(list.map(({ payload }) => payload)));
        expect(before?.equals(after!)).to.equal(true);
        for (const group of groups) {
          const sizes = group.flatMap((run) => run.lengths);
          const total = sizes.reduce((sum, size) => sum + size, 0);
          expect(total <= wireLimits.cutPayloadBytes || sizes.filter((size) => size > 0).length === 1).to.equal(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('leaves alone what fits', () => {
    const runs = [runOf('a', [10, 20]), runOf('b', [30])];
    expect(cutRuns(runs)).to.deep.equal([runs]);
    expect(cutRuns([])).to.deep.equal([[]]);
  });

  it('bounds the entries and the runs of one frame', () => {
    const tiny = cutRuns([runOf('a', new Array<number>(10_000).fill(0))]);
    expect(tiny.map((group) => group[0]?.lengths.length)).to.deep.equal([4096, 4096, 1808]);
    const many = cutRuns(Array.from({ length: 600 }, (_, index) => runOf('a', [1], index + 1)));
    expect(many.map((group) => group.length)).to.deep.equal([256, 256, 88]);
  });

  it('orders, submissions and entries arrive as several messages that follow each other', () => {
    const runs = [runOf('a', [50_000, 50_000]), runOf('b', [limits.entryBytesMax, 1], 7)];
    const orders = receive(
      encodePeerMessage({ kind: 'order', view: 2, first: 100, runs, stable: 99 } as never),
      decodePeerMessage,
    );
    const summary = orders.map((message) => {
      if (message.kind !== 'order') throw new Error(message.kind);
      return [message.first, message.stable, ...listEntries(message.runs)];
    });
    expect(summary).to.deep.equal([
      [100, 99, 'a 1 50000'],
      [101, 99, 'a 2 50000'],
      [102, 99, `b 7 ${limits.entryBytesMax}`],
      [103, 99, 'b 8 1'],
    ]);
    const submits = receive(encodePeerMessage({ kind: 'submit', view: 2, run: runs[1] } as never), decodePeerMessage);
    expect(submits.map((message) => message.kind === 'submit' && message.run.firstSubmission)).to.deep.equal([7, 8]);
    const entries = receive(
      encodePeerMessage({ kind: 'entries', first: 5, runs, through: 8 } as never),
      decodePeerMessage,
    );
    expect(entries.map((message) => message.kind === 'entries' && message.first)).to.deep.equal([5, 6, 7, 8]);
  });

  it('output arrives as several messages, a stream of bytes in small pieces', () => {
    const segments = [20_000, 10_000, 10].map((length, index) => ({
      kind: 'data' as const,
      connection: 1,
      position: [0, 20_000, 30_000][index],
      length,
      payload: Buffer.alloc(length),
    }));
    const outputs = receive(encodeMemberMessage({ kind: 'output', epoch: 4, segments } as never), decodeMemberMessage);
    const places = outputs.map((message) => message.kind === 'output' && message.segments.map(placeOf));
    expect(places).to.deep.equal([
      [[0, 16_384]],
      [
        [16_384, 3616],
        [20_000, 10_000],
        [30_000, 10],
      ],
    ]);
  });

  it('a message of output stays whole', () => {
    const payload = Buffer.alloc(20_000);
    const segments = [{ kind: 'data' as const, connection: 1, position: 0, length: 1, payload }];
    const outputs = receive(encodeMemberMessage({ kind: 'output', epoch: 4, segments } as never), decodeMemberMessage);
    expect(outputs.map((message) => message.kind === 'output' && message.segments.map(placeOf))).to.deep.equal([
      [[0, 1]],
    ]);
  });

  it('refuses an entry that is larger than any may be', () => {
    const frames = encodePeerMessage({ kind: 'submit', view: 1, run: runOf('a', [limits.entryBytesMax + 1]) } as never);
    const whole = Buffer.concat(frames);
    expect(decodePeerMessage(Block.at(whole, 4, whole.byteLength)!)).to.equal(undefined);
  });
});

function placeOf(segment: OutputSegment): [number, number] {
  return [segment.position, segment.kind === 'data' ? segment.length : 1];
}
