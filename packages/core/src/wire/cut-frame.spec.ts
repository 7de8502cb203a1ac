import { expect } from 'chai';
import fc from 'fast-check';
import type { ClientToMember, MemberToClient, News, OutputSegment } from '../protocol/connections/client-link.js';
import type { Command, CommandsEntry } from '../protocol/connections/entry.js';
import type { Block } from './block.js';
import { decodeClientMessage, encodeClientMessage } from './client-message-codec.js';
import { cutClientFrame, cutMemberFrame, type FrameCutter } from './cut-frame.js';
import { decodeEntry, encodeEntry } from './entry-codec.js';
import { Framer } from './framer.js';
import { wireLimits } from './limits.js';
import { decodeMemberMessage, encodeMemberMessage } from './member-message-codec.js';

const { partBytesMin } = wireLimits;

/** Of a stream of bytes if `unitBytes` is 1, and of messages otherwise. */
interface Shape {
  readonly payloadBytes: number;
  readonly unitBytes: number;
  /** Other things in front and behind. */
  readonly before: number;
  readonly after: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  payloadBytes: fc.integer({ min: 1, max: 4 * partBytesMin }),
  unitBytes: fc.constantFrom(1, 1, 1, 2),
  before: fc.integer({ min: 0, max: 3 }),
  after: fc.integer({ min: 0, max: 3 }),
});
/** Where the stream is cut into reads, in per mille. */
const cuts = fc.array(fc.nat({ max: 1000 }), { maxLength: 8 });

function dataOf({ payloadBytes, unitBytes }: Shape): Extract<Command, { kind: 'data' }> {
  const payload = Uint8Array.from({ length: payloadBytes * unitBytes }, (_, index) => index * 7 + (index >> 8));
  return { kind: 'data', connection: 300 as never, position: (2 ** 33) as never, length: payloadBytes, payload };
}

function commandsOf(ofShape: Shape): ClientToMember {
  const others = (count: number): Command[] =>
    Array.from({ length: count }, (_, index) => ({ kind: 'reset', connection: (index + 1) as never }));
  const small: Command = { ...dataOf({ ...ofShape, payloadBytes: 3 }), connection: 9 as never };
  const commands = [...others(ofShape.before), small, dataOf(ofShape), ...others(ofShape.after), small];
  const entry: CommandsEntry = { kind: 'commands', client: 'kläger' as never, epoch: 3 as never, commands };
  return { kind: 'commands', entry, encoded: encodeEntry(entry) };
}

function outputOf(ofShape: Shape): MemberToClient {
  const ends = (count: number): OutputSegment[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ kind: 'end', connection: (index + 1) as never, position: 5 as never },
    }));
  const segments = [...ends(ofShape.before), dataOf(ofShape), ...ends(ofShape.after)];
  return { kind: 'output', epoch: 3 as never, segments, news };
}

const news: News = { stableBatches: 7, taken: [{ connection: 300 as never, position: 9 as never }] };

/** Reads a stream as a link does, and has frames cut wherever a read ends in them. */
function readCutting<Message>(
  stream: Uint8Array,
  atPerMille: readonly number[],
  decode: (block: Block) => Message | undefined,
  cut: FrameCutter<Message>,
): Message[] {
  const messages: Message[] = [];
  const framer = new Framer((block) => {
    messages.push(decode(block)!);
    return true;
  });
  framer.frameBytesMax = wireLimits.frameBytesMax;
  const offsets = atPerMille.map((perMille) => Math.floor((perMille * stream.byteLength) / 1000)).sort((a, b) => a - b);
  for (const [index, from] of [0, ...offsets].entries()) {
    expect(framer.push(Uint8Array.from(stream.subarray(from, offsets[index])))).to.equal(undefined);
    const part = framer.cutBegun(cut);
    if (part !== undefined) messages.push(part);
  }
  return messages;
}

/** Joins what was cut. */
function joined<Item extends Command | OutputSegment>(lists: readonly (readonly Item[])[]): Item[] {
  const items: Item[] = [];
  for (const item of lists.flat()) {
    const last = items.at(-1);
    if (last?.kind === 'data' && item.kind === 'data' && last.connection === item.connection) {
      expect(item.position).to.equal(last.position + last.length);
      const payload = Uint8Array.from([...last.payload, ...item.payload]);
      items[items.length - 1] = { ...last, length: last.length + item.length, payload };
    } else {
      items.push(item.kind === 'data' ? { ...item, payload: Uint8Array.from(item.payload) } : item);
    }
  }
  return items;
}

describe('wire: frames that are cut where they have come to', () => {
  it('say in parts what they say as a whole, commands', () => {
    fc.assert(
      fc.property(shape, cuts, (ofShape, at) => {
        const message = commandsOf(ofShape);
        const stream = Buffer.concat(encodeClientMessage(message));
        const read = readCutting(stream, at, decodeClientMessage, cutClientFrame);
        const batches = read.flatMap((each) => (each.kind === 'commands' ? [each] : []));
        const { commands } = (message as Extract<ClientToMember, { kind: 'commands' }>).entry;
        expect(joined(batches.map(({ entry }) => entry.commands))).to.deep.equal(commands);
        // Just the last of them counts as the batch, and what is ordered is what was read.
        expect(batches.map(({ isPart }) => isPart === true)).to.deep.equal(
          batches.map((_, index) => index + 1 < batches.length),
        );
        for (const { entry, encoded } of batches) expect(decodeEntry(encoded)).to.deep.equal(entry);
      }),
    );
  });

  it('say in parts what they say as a whole, output', () => {
    fc.assert(
      fc.property(shape, cuts, (ofShape, at) => {
        const message = outputOf(ofShape);
        const frames = encodeMemberMessage(message);
        const read = readCutting(Buffer.concat(frames), at, decodeMemberMessage, cutMemberFrame);
        const outputs = read.flatMap((each) => (each.kind === 'output' ? [each] : []));
        const segments = outputs.map((each) => each.segments);
        expect(outputs.map((each) => each.news)).to.deep.equal([...outputs.slice(1).fill(undefined as never), news]);
        expect(joined(segments)).to.deep.equal((message as Extract<MemberToClient, { kind: 'output' }>).segments);
      }),
    );
  });

  it('are handed on as soon as a part is worth it', () => {
    const stream = Buffer.concat(
      encodeClientMessage(commandsOf({ payloadBytes: 3 * partBytesMin, unitBytes: 1, before: 0, after: 0 })),
    );
    const lengths = readCutting(stream, [400, 420, 900], decodeClientMessage, cutClientFrame).map((message) =>
      message.kind === 'commands' ? message.entry.commands.length : 0,
    );
    // A stream that goes on is cut at 40 and at 90 per cent, but not after another two.
    expect(lengths).to.deep.equal([2, 1, 2]);
  });

  it('are looked at again just after another kilobyte', () => {
    let looks = 0;
    const framer = new Framer(() => true);
    framer.frameBytesMax = wireLimits.frameBytesMax;
    const frame = Buffer.alloc(4 * partBytesMin);
    frame.writeUInt32LE(frame.byteLength, 0);
    for (let offset = 0; offset < frame.byteLength; offset += 64) {
      framer.push(Uint8Array.from(frame.subarray(offset, offset + 64)));
      framer.cutBegun(() => void looks++);
    }
    expect(looks).to.equal((3 * partBytesMin) / (partBytesMin / 4));
  });

  it('are not cut within a message', () => {
    const stream = Buffer.concat(
      encodeClientMessage(commandsOf({ payloadBytes: 3 * partBytesMin, unitBytes: 2, before: 1, after: 1 })),
    );
    expect(readCutting(stream, [300, 600], decodeClientMessage, cutClientFrame)).to.have.length(1);
  });

  it('are left alone when they are garbage', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.nat({ max: 2 * partBytesMin }),
        (head, filledBytes) => {
          const frame = Buffer.alloc(2 * partBytesMin + 1, 0x41);
          frame.set(head);
          cutClientFrame(frame, filledBytes);
          cutMemberFrame(frame, filledBytes);
        },
      ),
      { numRuns: 500 },
    );
  });
});
