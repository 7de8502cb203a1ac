import { expect } from 'chai';
import fc from 'fast-check';
import { Block } from './block.js';
import { decodeClientMessage, encodeClientMessage } from './client-message-codec.js';
import { decodePeerMessage } from './decode-peer.js';
import { encodePeerMessage } from './encode-peer.js';
import { decodeEntry, encodeEntry } from './entry-codec.js';
import { lockstep } from './generated/lockstep.js';
import { decodeHandshake, encodeHandshake } from './handshake-codec.js';
import { wireLimits } from './limits.js';
import { decodeMemberMessage, encodeMemberMessage } from './member-message-codec.js';
import { decodeStatus, encodeStatus } from './status-codec.js';
import {
  bytes,
  clientMessage,
  entry as anyEntry,
  handshakeMessage,
  memberMessage,
  peerMessage,
} from './wire-arbitraries.fixture.js';
import { clientCodes, entryCodes, handshakeCodes, memberCodes, observerCodes, peerCodes } from './wire-codes.js';

import wire = lockstep.wire;

/** Both `Uint8Array` and `Buffer` come out of decoding; chai tells them apart, we do not. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return `hex:${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
};

const blockOf = (frame: readonly Uint8Array[]): Block => {
  const whole = Buffer.concat(frame);
  expect(whole.readUInt32LE(0)).to.equal(whole.byteLength - 4);
  return Block.at(whole, 4, whole.byteLength)!;
};

interface Codec<Message> {
  readonly name: string;
  readonly messages: fc.Arbitrary<Message>;
  readonly encode: (message: Message) => Uint8Array[];
  readonly decode: (block: Block) => Message | undefined;
  /** The generated decoder of the whole `oneof`, which we bypass. */
  readonly generated: { decode(header: Uint8Array): { message?: string } };
  readonly codes: Readonly<Record<string, number>>;
}

const codec = <Message>(fields: Codec<Message>): Codec<{ kind: string }> =>
  fields as unknown as Codec<{ kind: string }>;

const codecs = [
  codec({
    name: 'handshake',
    messages: handshakeMessage,
    encode: encodeHandshake,
    decode: decodeHandshake,
    generated: wire.HandshakeFrame,
    codes: handshakeCodes,
  }),
  codec({
    name: 'peer messages',
    messages: peerMessage,
    encode: encodePeerMessage,
    decode: decodePeerMessage,
    generated: wire.PeerFrame,
    codes: peerCodes,
  }),
  codec({
    name: 'client messages',
    messages: clientMessage,
    encode: encodeClientMessage,
    decode: decodeClientMessage,
    generated: wire.ClientFrame,
    codes: clientCodes,
  }),
  codec({
    name: 'member messages',
    messages: memberMessage,
    encode: encodeMemberMessage,
    decode: decodeMemberMessage,
    generated: wire.MemberFrame,
    codes: memberCodes,
  }),
];

const camelCase = (kind: string): string => kind.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

for (const { name, messages, encode, decode, generated, codes } of codecs) {
  describe(`wire: ${name}`, () => {
    it('come back as they were', () => {
      fc.assert(
        fc.property(messages, (message) => {
          expect(plain(decode(blockOf(encode(message))))).to.deep.equal(plain(message));
        }),
        { numRuns: 1000 },
      );
    });

    it('carry the code that the schema gives their kind', () => {
      const seen = new Set<string>();
      fc.assert(
        fc.property(messages, (message) => {
          const { bytes: whole, headerStart, bodyStart } = blockOf(encode(message));
          expect(generated.decode(whole.subarray(headerStart, bodyStart)).message).to.equal(camelCase(message.kind));
          seen.add(message.kind);
        }),
        { numRuns: 1000 },
      );
      expect([...seen].sort()).to.deep.equal(Object.keys(codes).sort());
    });

    it('are refused when any part is cut off', () => {
      fc.assert(
        fc.property(messages, fc.nat(), (message, at) => {
          const block = blockOf(encode(message));
          const end = block.headerStart + (at % (block.end - block.headerStart));
          const cut = Block.at(block.bytes, block.headerStart - 4, end);
          expect(cut && decode(cut)).to.equal(undefined);
        }),
      );
    });

    it('are refused with bytes behind them (F28)', () => {
      fc.assert(
        fc.property(messages, bytes(), (message, more) => {
          fc.pre(more.byteLength > 0 && message.kind !== 'commands');
          expect(decode(blockOf(withBody(encode(message), more)))).to.equal(undefined);
        }),
      );
    });

    it('never throw on garbage (F29)', () => {
      fc.assert(
        fc.property(bytes(600), fc.nat(), (garbage, headerLength) => {
          const whole = Buffer.concat([Buffer.alloc(8), garbage]);
          whole.writeUInt32LE(garbage.byteLength + 4, 0);
          whole.writeUInt32LE(headerLength % (garbage.byteLength + 1), 4);
          decode(blockOf([whole]));
        }),
        { numRuns: 2000 },
      );
    });

    it('never throw on messages with flipped bytes (F29)', () => {
      fc.assert(
        fc.property(messages, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 }), (message, flips) => {
          const { bytes: whole, headerStart, end } = blockOf(encode(message));
          for (const [at, mask] of flips) whole[headerStart + (at % (end - headerStart))]! ^= mask;
          const block = Block.at(whole, headerStart - 4, end);
          if (block) decode(block);
        }),
        { numRuns: 2000 },
      );
    });
  });
}

/** The frame with bytes added to its body. */
function withBody(frame: readonly Uint8Array[], more: Uint8Array): Uint8Array[] {
  const whole = Buffer.concat([...frame, more]);
  whole.writeUInt32LE(whole.byteLength - 4, 0);
  return [whole];
}

describe('wire: entries', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        expect(plain(decodeEntry(encodeEntry(entry)))).to.deep.equal(plain(entry));
      }),
      { numRuns: 1000 },
    );
  });

  it('carry the code that the schema gives their kind', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const encoded = Buffer.from(encodeEntry(entry));
        const header = encoded.subarray(4, 4 + encoded.readUInt32LE(0));
        expect(wire.EntryHeader.decode(header).entry).to.equal(entry.kind);
        expect(header[0]).to.equal((entryCodes[entry.kind] << 3) | 2);
      }),
    );
  });

  it('share their payloads with the bytes that they were decoded from', () => {
    const payload = Buffer.from('hello');
    const commands = [{ kind: 'data', connection: 1, position: 0, length: 5, payload }];
    const encoded = encodeEntry({ kind: 'commands', client: 'c', epoch: 1, commands } as never);
    const decoded = decodeEntry(encoded) as { commands: { payload: Uint8Array }[] } | undefined;
    expect(decoded?.commands[0]?.payload.buffer).to.equal(encoded.buffer);
  });

  it('pass large payloads on as they are', () => {
    const data = (payload: Uint8Array) => ({
      kind: 'data',
      connection: 1,
      position: 0,
      length: payload.length,
      payload,
    });
    const large = new Uint8Array(wireLimits.joinBodyBytesMax + 1).fill(7);
    const entry = {
      kind: 'commands',
      client: 'c',
      epoch: 1,
      commands: [data(Buffer.from('hello')), data(large)],
    } as never;
    const frame = encodeClientMessage({ kind: 'commands', entry });
    expect(frame.at(-1)).to.equal(large);
    const block = Block.at(Buffer.concat(frame), 4, Buffer.concat(frame).length)!;
    expect(plain(decodeClientMessage(block))).to.deep.equal(
      plain({ kind: 'commands', entry, encoded: encodeEntry(entry) }),
    );
  });

  it('never throw on garbage, and are refused when cut (F29)', () => {
    fc.assert(
      fc.property(bytes(600), (garbage) => void decodeEntry(garbage)),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(anyEntry, fc.nat(), (entry, at) => {
        const encoded = encodeEntry(entry);
        expect(decodeEntry(encoded.subarray(0, at % encoded.byteLength))).to.equal(undefined);
      }),
    );
  });

  it('are refused with a number beyond 2^53 - 1, a number cut off, a missing name (F28)', () => {
    const detach = (fields: readonly number[]): Uint8Array => {
      const header = [entryCodes.detach * 8 + 2, fields.length, ...fields];
      return Uint8Array.from([header.length, 0, 0, 0, ...header]);
    };
    const client = [10, 1, 99];
    const largest = [255, 255, 255, 255, 255, 255, 255, 15];
    expect(decodeEntry(detach([...client, 16, ...largest]))).to.deep.equal({
      kind: 'detach',
      client: 'c',
      epoch: Number.MAX_SAFE_INTEGER,
    });
    expect(decodeEntry(detach([...client, 16, 128, 128, 128, 128, 128, 128, 128, 16]))).to.equal(undefined);
    expect(decodeEntry(detach([...client, 16, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]))).to.equal(undefined);
    expect(decodeEntry(detach([...client, 16, 255]))).to.equal(undefined);
    expect(decodeEntry(detach([16, 1]))).to.equal(undefined);
    expect(decodeEntry(detach([10, 1, 200, 16, 1])), 'invalid UTF-8').to.equal(undefined);
  });

  it('ignore fields that they do not know, `__proto__` among the names (F29)', () => {
    const fields = [10, 9, ...Buffer.from('__proto__'), 16, 7, 0xf2, 0x06, 2, 1, 1];
    const header = [entryCodes.expire * 8 + 2, fields.length, ...fields];
    const entry = decodeEntry(Uint8Array.from([header.length, 0, 0, 0, ...header]));
    expect(entry).to.deep.equal({ kind: 'expire', client: '__proto__', epoch: 7 });
    expect(({} as { client?: string }).client).to.equal(undefined);
  });

  it('are refused when groups are nested deeply (F29)', () => {
    const header = new Uint8Array(10_000).fill((100 << 3) | 3);
    expect(decodeEntry(Buffer.concat([Buffer.from([0x10, 0x27, 0, 0]), header]))).to.equal(undefined);
  });

  it('are refused with a list that is longer than any of ours', () => {
    const commands = Array.from({ length: wireLimits.commandsPerEntryMax + 1 }, () => ({
      kind: 'reset',
      connection: 1,
    }));
    const encode = (count: number): Uint8Array =>
      encodeEntry({ kind: 'commands', client: 'c', epoch: 1, commands: commands.slice(0, count) } as never);
    expect(decodeEntry(encode(wireLimits.commandsPerEntryMax))).not.to.equal(undefined);
    expect(decodeEntry(encode(wireLimits.commandsPerEntryMax + 1))).to.equal(undefined);
  });
});

describe('wire: status', () => {
  it('comes back as it was', () => {
    const document = { view: 3, members: ['a', 'ü'], nothing: null };
    expect(decodeStatus(blockOf(encodeStatus(document)!))).to.deep.equal({ document });
    expect(observerCodes.status).to.equal(1);
  });

  it('is not sent when it is too large for a frame', () => {
    expect(encodeStatus({ large: 'x'.repeat(wireLimits.frameBytesMax) })).to.equal(undefined);
  });

  it('is refused when it is not JSON', () => {
    const frame = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0, 10, 0, 0x7b]);
    frame.writeUInt32LE(frame.byteLength - 4, 0);
    expect(decodeStatus(blockOf([frame]))).to.equal(undefined);
  });
});
