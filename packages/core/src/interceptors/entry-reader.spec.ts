import type { ClientId, Epoch, IncarnationId, OrderNumber, SubmissionNumber } from '@lockstep/contracts';
import { expect } from 'chai';
import type { Entry } from '../protocol/connections/entry.js';
import { EntryReader } from './entry-reader.js';

const self = 'a/1' as IncarnationId;
const other = 'b/1' as IncarnationId;

function detach(epoch: number): Entry {
  return { kind: 'detach', client: 'k' as ClientId, epoch: epoch as Epoch };
}

/** A codec for which an entry is its epoch; 0 is malformed. */
const codec = {
  encode: () => new Uint8Array(),
  decode: ([epoch]: Uint8Array) => (epoch === 0 ? undefined : detach(epoch!)),
};

function run(sender: IncarnationId, firstSubmission: number, ...bytes: number[]) {
  return {
    sender,
    firstSubmission: firstSubmission as SubmissionNumber,
    lengths: bytes.map(() => 1),
    payload: Uint8Array.from(bytes),
  };
}

describe('entry reader', () => {
  it('decodes the entries of others, and returns its own as they were submitted', () => {
    const reader = new EntryReader(self, codec);
    const own = [detach(100), detach(101), detach(102)];
    for (const entry of own) reader.submitted(entry);
    const first = reader.read({ first: 5 as OrderNumber, runs: [run(other, 7, 1, 0), run(self, 1, 100, 101)] }).read();
    expect(first).to.deep.equal([
      { order: 5, sender: other, submission: 7, entry: detach(1) },
      { order: 6, sender: other, submission: 8, entry: undefined },
      { order: 7, sender: self, submission: 1, entry: detach(100) },
      { order: 8, sender: self, submission: 2, entry: detach(101) },
    ]);
    expect(first[2]!.entry).to.equal(own[0]);
    expect(reader.read({ first: 9 as OrderNumber, runs: [run(self, 3, 102)] }).read()[0]!.entry).to.equal(own[2]);
  });

  it('knows how many they are before it decodes any, and decodes each once', () => {
    let decodedCount = 0;
    const counting = { ...codec, decode: (bytes: Uint8Array) => (decodedCount++, codec.decode(bytes)) };
    const reader = new EntryReader(self, counting);
    reader.submitted(detach(100));
    const runs = [run(other, 7, 1, 2), run(self, 1, 100)];
    const unread = reader.read({ first: 5 as OrderNumber, runs });
    expect(unread.length).to.equal(3);
    expect(decodedCount).to.equal(0);
    const entries = unread.read();
    expect(entries).to.have.length(3);
    expect(unread.read()).to.equal(entries);
    expect(decodedCount).to.equal(2);
  });

  it('what it never submitted cannot be its own', () => {
    const reader = new EntryReader(self, codec);
    expect(() => reader.read({ first: 1 as OrderNumber, runs: [run(self, 1, 1)] }).read()).to.throw('invariant broken');
    reader.submitted(detach(1));
    expect(() => reader.read({ first: 1 as OrderNumber, runs: [run(self, 2, 1)] }).read()).to.throw('invariant broken');
  });
});
