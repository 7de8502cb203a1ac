import { deflateRawSync, constants } from 'node:zlib';
import { pieces, turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { AcceptingFace, type Conversing } from './accepting-face.fixture.js';
import { frame, opcodes, type FrameBits } from './raw-client.fixture.js';

const { more, text, binary, close, ping, pong } = opcodes;

const options = { payloadBytesMax: 100_000, fragmentsMax: 8, bufferedChunksMax: 16, controlFramesPerSecondMax: 50 };
const offer = ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'];

/** A frame's payload as `permessage-deflate` wants it. */
function deflated(payload: Uint8Array): Buffer {
  return deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

function closing(code: number, reason: string | Uint8Array = ''): FrameBits {
  return { opcode: close, payload: Buffer.concat([Uint8Array.of(code >> 8, code & 255), Buffer.from(reason)]) };
}

/** What is bad, the close code that it gets, and how it is sent. */
const catalogue: readonly (readonly [what: string, code: number, ...frames: FrameBits[]])[] = [
  ['an unmasked frame', 1002, { opcode: text, payload: 'hi', isMasked: false }],
  ['RSV1 without an extension', 1002, { opcode: text, payload: 'hi', reserved: 4 }],
  ['RSV2', 1002, { opcode: text, payload: 'hi', reserved: 2 }],
  ['RSV3', 1002, { opcode: binary, payload: 'hi', reserved: 1 }],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => {
    return [`the reserved opcode ${opcode}`, 1002, { opcode, payload: 'hi' }] as const;
  }),
  ['a continuation of nothing', 1002, { opcode: more, payload: 'hi' }],
  ['a message inside a message', 1002, { opcode: text, isLast: false }, { opcode: text }],
  ...[close, ping, pong].flatMap((opcode): (readonly [string, number, FrameBits])[] => [
    [`a fragmented control frame, opcode ${opcode}`, 1002, { opcode, isLast: false }],
    [`a long control frame, opcode ${opcode}`, 1002, { opcode, payload: Buffer.alloc(126) }],
    [`a control frame with RSV1, opcode ${opcode}`, 1002, { opcode, reserved: 4 }],
  ]),
  ['a close frame of one byte', 1002, { opcode: close, payload: 'x' }],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) => {
    return [`the close code ${code}`, 1002, closing(code)] as const;
  }),
  ['a close reason that is no UTF-8', 1007, closing(1000, Uint8Array.of(0xc3))],
  ['text that is no UTF-8', 1007, { opcode: text, payload: Uint8Array.of(0x61, 0xff) }],
  ['a surrogate in UTF-8', 1007, { opcode: text, payload: Uint8Array.of(0xed, 0xa0, 0x80) }],
  ['an overlong form in UTF-8', 1007, { opcode: text, payload: Uint8Array.of(0xc0, 0x80) }],
  [
    'text that is no UTF-8, split between frames',
    1007,
    { opcode: text, payload: Uint8Array.of(0xe2, 0x82), isLast: false },
    { opcode: more, payload: Uint8Array.of(0x61) },
  ],
  ['text that ends inside a character', 1007, { opcode: text, payload: Uint8Array.of(0xe2, 0x82) }],
  ['a message that is too large', 1009, { opcode: binary, payload: Buffer.alloc(100_001) }],
  ['a length of 2^62', 1009, { opcode: binary, claimedLength: 2n ** 62n }],
  [
    'a message whose frames are too large together',
    1009,
    { opcode: binary, payload: Buffer.alloc(60_000), isLast: false },
    { opcode: more, payload: Buffer.alloc(60_000) },
  ],
  [
    'a message of too many frames',
    1009,
    { opcode: text, isLast: false },
    ...Array.from({ length: 8 }, () => ({ opcode: more, isLast: false })),
  ],
  ['a ping flood', 1008, ...Array.from({ length: 51 }, () => ({ opcode: ping, payload: 'are you there?' }))],
  ['a pong flood', 1008, ...Array.from({ length: 51 }, () => ({ opcode: pong }))],
];

describe('WebSocket, bad input: refused here, with its close code, and nobody else hears of it', () => {
  let face: AcceptingFace;
  let bystander: Conversing;

  beforeEach(async () => {
    face = new AcceptingFace(options);
    await face.listen();
    bystander = await face.converse();
  });

  afterEach('a connection that did nothing wrong lives on', async () => {
    bystander.client.send({ opcode: text, payload: 'still here' });
    bystander.connection.sendMessage('so are you');
    await until('both have it', () => {
      return bystander.connection.messages.length === 1 && bystander.client.frames.length === 1;
    });
    expect(bystander.connection.events).to.deep.equal([]);
    await face.close();
  });

  /** What was said before goes to the service; what is bad does not, nor anything behind it. */
  async function expectRefusal({ client, connection }: Conversing, code: number): Promise<void> {
    await until('the connection is broken', () => connection.events.includes('reset'));
    await until('the client is told why', () => client.closeCode !== undefined);
    await until('the connection is ended', () => client.peer.incoming === 'ended');
    expect(client.closeCode).to.equal(code);
    expect(connection.messages).to.deep.equal(['good']);
    expect(connection.units.map(({ kind }) => kind)).to.deep.equal(['handshake', 'message']);
    expect(connection.events).to.include('reset');
    expect(connection.resetReason).to.have.property('code', 'ERR_LOCKSTEP_INPUT_REFUSED');
    client.peer.end();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['reset', 'closed']);
  }

  for (const [what, code, ...frames] of catalogue) {
    it(`${code}: ${what}`, async () => {
      const conversing = await face.converse();
      conversing.client.send({ opcode: text, payload: 'good' }, ...frames, { opcode: text, payload: 'behind' });
      await expectRefusal(conversing, code);
    });
  }

  it('1007: text that is no UTF-8, in one-byte writes', async () => {
    const conversing = await face.converse();
    conversing.client.send({ opcode: text, payload: 'good' });
    for (const byte of pieces(frame({ opcode: text, payload: Uint8Array.of(0x61, 0xff) }), 1)) {
      conversing.client.peer.write(byte);
      await turns(1);
    }
    await expectRefusal(conversing, 1007);
  });

  it('1009: a frame in too many pieces', async () => {
    const conversing = await face.converse();
    conversing.client.send({ opcode: text, payload: 'good' });
    await until('it has come', () => conversing.connection.messages.length === 1);
    const bytes = frame({ opcode: binary, payload: Buffer.alloc(2000) });
    for (const piece of pieces(bytes, 10)) {
      if (conversing.connection.events.length > 0) break;
      conversing.client.peer.write(piece);
      // The kernel joins what is written before it is read.
      await turns(3);
    }
    await expectRefusal(conversing, 1009);
  });

  it('1009: what is small and large when it is inflated', async () => {
    const conversing = await face.converse(offer);
    conversing.client.send(
      { opcode: text, payload: 'good' },
      { opcode: binary, payload: deflated(Buffer.alloc(50 * 1024 * 1024)), reserved: 4 },
    );
    await expectRefusal(conversing, 1009);
  });

  it('1009: frames that are large together when they are inflated', async () => {
    const conversing = await face.converse(offer);
    const payload = deflated(Buffer.alloc(150_000));
    const half = payload.byteLength >> 1;
    conversing.client.send(
      { opcode: text, payload: 'good' },
      { opcode: binary, payload: payload.subarray(0, half), reserved: 4, isLast: false },
      { opcode: more, payload: payload.subarray(half) },
    );
    await expectRefusal(conversing, 1009);
  });

  it('1007: what cannot be inflated', async () => {
    const conversing = await face.converse(offer);
    conversing.client.send(
      { opcode: text, payload: 'good' },
      { opcode: text, payload: Uint8Array.of(0xff, 0xff, 0xff), reserved: 4 },
    );
    await expectRefusal(conversing, 1007);
  });

  it('1007: what is no UTF-8 when it is inflated', async () => {
    const conversing = await face.converse(offer);
    conversing.client.send(
      { opcode: text, payload: 'good' },
      { opcode: text, payload: deflated(Uint8Array.of(0x61, 0xff)), reserved: 4 },
    );
    await expectRefusal(conversing, 1007);
  });

  it('RSV1 inside a compressed message is refused: 1002', async () => {
    const conversing = await face.converse(offer);
    conversing.client.send(
      { opcode: text, payload: 'good' },
      { opcode: text, payload: deflated(Buffer.from('a')), reserved: 4, isLast: false },
      { opcode: more, payload: '', reserved: 4 },
    );
    await expectRefusal(conversing, 1002);
  });

  it('a client that says no farewell is a reset', async () => {
    const { client, connection } = await face.converse();
    client.send({ opcode: text, payload: 'good' });
    client.peer.end();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.messages).to.deep.equal(['good']);
    expect(connection.events).to.deep.equal(['reset', 'closed']);
  });

  it('a client that vanishes is a reset', async () => {
    const { client, connection } = await face.converse();
    client.peer.reset();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['reset', 'closed']);
  });
});
