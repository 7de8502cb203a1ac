import type { ClientId, Epoch } from '@lockstep/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import { Block } from './block.js';
import { BlockWriter } from './block-writer.js';
import { decodeClientMessage, encodeClientMessage } from './client-message-codec.js';
import { decodePeerMessage } from './decode-peer.js';
import { encodePeerMessage } from './encode-peer.js';
import { decodeEntry, encodeEntry } from './entry-codec.js';
import { lockstep } from './generated/lockstep.js';
import { decodeMemberMessage, encodeMemberMessage } from './member-message-codec.js';
import { clientMessage, entry, memberMessage, peerMessage } from './wire-arbitraries.fixture.js';
import { entryCodes, memberCodes, peerCodes } from './wire-codes.js';

import wire = lockstep.wire;

type Fields = Readonly<Record<string, unknown>>;

/** A generated message class. */
interface Generated {
  encode(fields: Fields, writer: BlockWriter): unknown;
}

/** A message whose codec is written by hand, and how the schema says the same. */
interface HotMessage {
  readonly name: string;
  readonly messages: fc.Arbitrary<never>;
  readonly encode: (message: never) => Uint8Array;
  readonly decode: (block: Block) => unknown;
  readonly type: Generated;
  readonly code: number;
  /** The fields of the schema, and the body. */
  readonly describe: (message: never) => { readonly fields: Fields; readonly body: readonly Uint8Array[] };
}

const hot = <Message>(
  name: string,
  type: unknown,
  code: number,
  codec: {
    readonly messages: fc.Arbitrary<unknown>;
    readonly encode: (message: never) => Uint8Array;
    readonly decode: (block: Block) => unknown;
  },
  describe: (message: Message) => { readonly fields: Fields; readonly body: readonly Uint8Array[] },
): HotMessage => ({
  ...{ name, code, describe },
  ...codec,
  messages: codec.messages.filter((message) => (message as { kind: string }).kind === name) as fc.Arbitrary<never>,
  type: type as Generated,
});

const peers = {
  messages: peerMessage,
  encode: (message: never) => Buffer.concat(encodePeerMessage(message)).subarray(4),
  decode: decodePeerMessage,
};
const members = {
  messages: memberMessage,
  encode: (message: never) => Buffer.concat(encodeMemberMessage(message)).subarray(4),
  decode: decodeMemberMessage,
};
const entries = {
  messages: entry,
  encode: (message: never) => encodeEntry(message),
  decode: ({ bytes, headerStart, end }: Block) => decodeEntry(bytes.subarray(headerStart - 4, end)),
};

interface Run {
  readonly payload: Uint8Array;
}

interface Piece {
  readonly kind: string;
  readonly length?: number;
  readonly payload?: Uint8Array;
}

const without = (name: string, fields: object): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
const runFields = (run: Run): Fields => without('payload', run);

/** A command or a segment as the schema has it: flat, with all fields but those that say nothing. */
const flat =
  (codes: Readonly<Record<string, number>>, absent: Fields) =>
  ({ kind, payload, ...fields }: Piece): Fields => ({
    ...absent,
    ...(fields.length === payload?.byteLength ? without('length', fields) : fields),
    kind: codes[kind],
    ...(payload && { bytes: payload.byteLength }),
  });
const command = flat(
  {
    open: wire.CommandKind.COMMAND_OPEN,
    data: wire.CommandKind.COMMAND_DATA,
    end: wire.CommandKind.COMMAND_END,
    reset: wire.CommandKind.COMMAND_RESET,
    acknowledge: wire.CommandKind.COMMAND_ACKNOWLEDGE,
  },
  { position: 0, length: 0, bytes: 0, ended: false, endpoint: '' },
);
const segment = flat(
  { data: wire.SegmentKind.SEGMENT_DATA, end: wire.SegmentKind.SEGMENT_END, reset: wire.SegmentKind.SEGMENT_RESET },
  { length: 0, bytes: 0 },
);
const payloads = (pieces: readonly Piece[]): Uint8Array[] => pieces.flatMap(({ payload }) => payload ?? []);

const hotMessages = [
  hot<{ view: number; first: number; runs: Run[]; stable: number }>(
    ...(['order', wire.Order, peerCodes.order, peers] as const),
    ({ view, first, runs, stable }) => ({
      fields: { view, first, runs: runs.map(runFields), stable },
      body: runs.map(({ payload }) => payload),
    }),
  ),
  hot<{ first: number; runs: Run[]; through: number }>(
    ...(['entries', wire.Entries, peerCodes.entries, peers] as const),
    ({ first, runs, through }) => ({
      fields: { first, runs: runs.map(runFields), through },
      body: runs.map(({ payload }) => payload),
    }),
  ),
  hot<{ view: number; run: Run }>(...(['submit', wire.Submit, peerCodes.submit, peers] as const), ({ view, run }) => ({
    fields: { view, run: runFields(run) },
    body: [run.payload],
  })),
  hot<Fields>(...(['receipt', wire.Receipt, peerCodes.receipt, peers] as const), (message) => ({
    fields: without('kind', message),
    body: [],
  })),
  hot<{ client: string; epoch: number; commands: Piece[] }>(
    ...(['commands', wire.CommandsEntry, entryCodes.commands, entries] as const),
    ({ client, epoch, commands }) => ({
      fields: { client, epoch, commands: commands.map(command) },
      body: payloads(commands),
    }),
  ),
  hot<{ epoch: number; segments: Piece[]; news: Fields | undefined }>(
    ...(['output', wire.Output, memberCodes.output, members] as const),
    ({ epoch, segments, news }) => ({
      fields: { epoch, segments: segments.map(segment), ...(news ?? { stableBatches: 0, taken: [] }) },
      body: payloads(segments),
    }),
  ),
  hot<Fields>(...(['progress', wire.Progress, memberCodes.progress, members] as const), (message) => ({
    fields: without('kind', message),
    body: [],
  })),
];

/** Both `Uint8Array` and `Buffer` come out of decoding; chai tells them apart, we do not. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return `hex:${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
};

for (const { name, messages, encode, decode, type, code, describe: describeMessage } of hotMessages) {
  describe(`wire: ${name}, written by hand`, () => {
    it('reads what the generated code writes', () => {
      fc.assert(
        fc.property(messages, (message) => {
          const { fields, body } = describeMessage(message);
          const encoded = BlockWriter.encodeEntry(code, type, fields, body);
          expect(plain(decode(Block.at(encoded, 0, encoded.byteLength)!))).to.deep.equal(plain(message));
        }),
        { numRuns: 500 },
      );
    });

    it('is what the generated code would write, byte by byte', () => {
      fc.assert(
        fc.property(messages, (message) => {
          const { fields, body } = describeMessage(message);
          const generated = Buffer.from(BlockWriter.encodeEntry(code, type, fields, body));
          expect(Buffer.from(encode(message)).toString('hex')).to.equal(generated.toString('hex'));
        }),
        { numRuns: 500 },
      );
    });

    it('skips fields that it does not know', () => {
      fc.assert(
        fc.property(messages, (message) => {
          const { fields, body } = describeMessage(message);
          const more = { encode: (known: Fields, writer: BlockWriter) => addUnknown(type, known, writer) };
          const encoded = BlockWriter.encodeEntry(code, more, fields, body);
          expect(plain(decode(Block.at(encoded, 0, encoded.byteLength)!))).to.deep.equal(plain(message));
        }),
        { numRuns: 200 },
      );
    });
  });
}

/** Unknown fields of every wire type, in front of and behind those that are known. */
function addUnknown(type: Generated, fields: Fields, writer: BlockWriter): void {
  writer.uint32(8 * 100).uint32(7);
  writer.uint32(8 * 101 + 1).fixed64(1);
  type.encode(fields, writer);
  writer.uint32(8 * 102 + 2).bytes(Buffer.from('unknown'));
  writer.uint32(8 * 103 + 5).fixed32(1);
}

describe('wire: fields whose length takes more than one byte', () => {
  for (const count of [1, 121, 122, 123, 124, 125, 126, 127, 128, 129, 1000, 4096]) {
    it(`are written as the generated code does: a run of ${count} entries`, () => {
      const lengths = Array.from({ length: count }, (_, index) => index % 3);
      const payload = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
      const run = { sender: 's', firstSubmission: 1, lengths, payload };
      const frame = Buffer.concat(
        encodePeerMessage({ kind: 'order', view: 1, first: 1, runs: [run], stable: 0 } as never),
      );
      const fields = { view: 1, first: 1, runs: [without('payload', run)], stable: 0 };
      const generated = BlockWriter.encodeEntry(peerCodes.order, wire.Order, fields, [payload]);
      expect(frame.subarray(4).equals(generated)).to.equal(true);
    });
  }

  // A command that opens is six bytes longer than its endpoint, so both come to need a second byte on the way.
  for (const length of [118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128]) {
    it(`are written as the generated code does: an endpoint of ${length} bytes`, () => {
      const endpoint = 'ü'.repeat(10) + 'x'.repeat(length - 20);
      const entry = { kind: 'commands', client: 'c', epoch: 1, commands: [{ kind: 'open', connection: 1, endpoint }] };
      const fields = {
        client: 'c',
        epoch: 1,
        commands: [{ kind: wire.CommandKind.COMMAND_OPEN, connection: 1, endpoint }],
      };
      const type = wire.CommandsEntry as unknown as Generated;
      const generated = BlockWriter.encodeEntry(entryCodes.commands, type, fields);
      expect(Buffer.from(encodeEntry(entry as never)).equals(generated)).to.equal(true);
      expect(decodeEntry(generated)).to.deep.equal(entry);
    });
  }
});

describe('wire: commands in a frame', () => {
  it('are the entry, as it is', () => {
    fc.assert(
      fc.property(clientMessage, (message) => {
        fc.pre(message.kind === 'commands');
        const frame = Buffer.concat(encodeClientMessage(message));
        const decoded = decodeClientMessage(Block.at(frame, 4, frame.byteLength)!);
        expect(plain(decoded)).to.deep.equal(plain(message));
        expect(frame.subarray(4, 10).toString('hex')).to.equal('020000001200');
      }),
    );
  });

  it('write each name whole, however many there are and however often they come', () => {
    const names = Array.from({ length: 300 }, (_, index) => `käse-${index}/${(index * 7919) % 1000}` as ClientId);
    const encoded = names.map((client) => encodeEntry({ kind: 'commands', client, epoch: 1 as Epoch, commands: [] }));
    names.forEach((client, index) => {
      const commands = { kind: 'commands', client, epoch: 1 as Epoch, commands: [] } as const;
      expect(encodeEntry(commands)).to.deep.equal(encoded[index]);
      expect(encodeEntry(commands)).to.deep.equal(encoded[index]);
      expect(decodeEntry(encoded[index]!)).to.deep.equal(commands);
    });
  });
});
