import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import fc from 'fast-check';
import { Conversation } from './conversation.js';
import { ControlFrameLimit } from './control-frame-limit.js';
import { negotiateDeflate } from './deflate.js';
import { InwardQueue } from './inward-queue.js';
import { frame, opcodes, type FrameBits } from './raw-client.fixture.js';

const payloadBytesMax = 2000;
const limits = { payloadBytesMax, fragmentsMax: 20, bufferedChunksMax: 1000 };

/** What came of some bytes. */
interface Outcome {
  readonly units: readonly string[];
  readonly ending: 'ended' | 'broken';
  /** The longest that a unit was, in bytes. */
  readonly longestBytes: number;
}

const oddFrame: fc.Arbitrary<FrameBits> = fc.record({
  opcode: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...Object.values(opcodes)) }, fc.nat(15)),
  payload: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.uint8Array({ maxLength: 300 })),
  isLast: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.boolean()),
  reserved: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.nat(7)),
  isMasked: fc.oneof({ weight: 20, arbitrary: fc.constant(true) }, fc.boolean()),
  claimedLength: fc.oneof({ weight: 20, arbitrary: fc.constant(undefined) }, fc.bigInt({ min: 0n, max: 2n ** 63n })),
});

const message: fc.Arbitrary<FrameBits> = fc.record({
  opcode: fc.constantFrom(opcodes.text, opcodes.binary),
  payload: fc.string({ unit: 'grapheme', maxLength: 60 }),
});

const anyFrame = fc.oneof({ weight: 4, arbitrary: message }, oddFrame);

const anyBytes = fc.oneof(
  { weight: 4, arbitrary: fc.array(anyFrame, { maxLength: 12 }).map((frames) => Buffer.concat(frames.map(frame))) },
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
);

describe('WebSocket, arbitrary bytes after the handshake', function () {
  this.timeout(120_000);
  let server: Server;

  before(async () => {
    server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  after(() => new Promise((resolve) => server.close(resolve)));

  for (const isCompressed of [false, true]) {
    it(`the same units whatever the splits, none too long${isCompressed ? ', compressed or not' : ''}`, async () => {
      let units = 0;
      await fc.assert(
        fc.asyncProperty(anyBytes, fc.array(fc.nat(400), { maxLength: 30 }), async (bytes, cuts) => {
          const whole = await outcomeOf([bytes], isCompressed);
          const split = await outcomeOf(cut(bytes, cuts), isCompressed);
          expect(split).to.deep.equal(whole);
          expect(whole.longestBytes).to.be.at.most(payloadBytesMax + 2);
          units += whole.units.length;
        }),
        { numRuns: 300 },
      );
      expect(units).to.be.greaterThan(100);
    });
  }

  async function outcomeOf(chunks: readonly Uint8Array[], isCompressed: boolean): Promise<Outcome> {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.setNoDelay(true).on('error', () => undefined);
    const [socket] = (await once(server, 'connection')) as [Socket];
    const told = listen(socket, isCompressed);
    client.resume();
    for (const chunk of chunks) {
      client.write(chunk);
      await turns(2);
    }
    client.end();
    await until('it is over', () => told.isClosed);
    client.destroy();
    return { units: told.units, ending: told.ending, longestBytes: Math.max(0, ...told.lengths) };
  }
});

/** Reads a socket as a client's, and closes what is closed. */
function listen(
  socket: Socket,
  isCompressed: boolean,
): Omit<Outcome, 'longestBytes'> & { lengths: number[]; isClosed: boolean } {
  const told = {
    units: [] as string[],
    lengths: [] as number[],
    ending: 'ended' as Outcome['ending'],
    isClosed: false,
  };
  const inward = new InwardQueue();
  inward.bind({
    onSegment: ({ payload }) => {
      told.units.push(Buffer.from(payload).toString('hex'));
      told.lengths.push(payload.byteLength);
    },
    onEnd: () => conversation.end(),
    onReset: () => undefined,
    onTaken: () => undefined,
    onClosed: () => undefined,
  });
  const settings = {
    isServer: true,
    limits,
    controlFrameLimit: new ControlFrameLimit(1000),
    deflate: isCompressed ? negotiateDeflate(['permessage-deflate'], payloadBytesMax)?.perMessageDeflate : undefined,
  };
  const conversation = new Conversation('client', { socket, head: Buffer.alloc(0), settings }, inward, {
    onTaken: () => undefined,
    onPong: () => undefined,
    onBroken: () => (told.ending = 'broken'),
    onClosed: () => (told.isClosed = true),
  });
  return told;
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.byteLength + 1)))].sort((one, other) => one - other);
  return [...ends, bytes.byteLength].map((end, index, all) => bytes.subarray(all[index - 1] ?? 0, end));
}
