import type { Dialect, RefusedRequest, RequestBoundary } from '@lockstep/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import { conversationCompliance } from './conversation-compliance.js';
import { dialectConversation } from './dialect-conversation.js';
import { pattern } from './pattern.js';

/** A request, and what the service answers; no reply for a one-way request. */
export interface Exchange {
  readonly request: Uint8Array | string;
  readonly reply?: Uint8Array | string;
}

/** What the suite needs to know about a dialect. */
export interface DialectHarness {
  createDialect(): Dialect;
  /** A conversation that shows everything that the dialect knows, one request after another. */
  readonly conversation: readonly Exchange[];
  /** Requests that it refuses. */
  readonly refused: readonly (Uint8Array | string)[];
}

type Reader = (chunk: Uint8Array) => readonly number[];

/**
 * Declares the mocha suites that every dialect passes: by itself, and composed with a channel, through relays that delay,
 * split, join, hold back and cut.
 */
export function dialectCompliance(name: string, harness: DialectHarness): void {
  const requests = harness.conversation.map(({ request }) => asBytes(request));
  const replies = harness.conversation.flatMap(({ reply }) => (reply === undefined ? [] : [asBytes(reply)]));
  const requestBytes = Buffer.concat(requests);
  const replyBytes = Buffer.concat(replies);

  describe(`dialect compliance: ${name}`, () => {
    it('finds each request, and whether a reply follows', () => {
      const boundaries = accepted(harness.createDialect().createSession().readRequests(requestBytes));
      expect(boundaries.map(({ end }) => end)).to.deep.equal(endsOf(requests));
      const expected = harness.conversation.map(({ reply }) => (reply === undefined ? 0 : 1));
      expect(boundaries.map((boundary) => boundary.replies)).to.deep.equal(expected);
    });

    it('says truly whether it has one-way requests', () => {
      const hasOneWay = harness.conversation.some(({ reply }) => reply === undefined);
      expect(harness.createDialect().oneWayRequests).to.equal(hasOneWay);
    });

    it('finds the same requests however they are cut', () => {
      const property = fc.property(cutsOf(requestBytes.length), (cuts) => {
        const session = harness.createDialect().createSession();
        const read: Reader = (chunk) => accepted(session.readRequests(chunk)).map(({ end }) => end);
        expect(readInPieces(read, requestBytes, cuts)).to.deep.equal(endsOf(requests));
        expect(session.outstanding).to.equal(replies.length);
        expect(session.undecided).to.equal(0);
      });
      fc.assert(property, { numRuns: 300 });
    });

    it('finds the same replies however they are cut', () => {
      const property = fc.property(cutsOf(replyBytes.length), (cuts) => {
        const session = harness.createDialect().createSession();
        accepted(session.readRequests(requestBytes));
        const read: Reader = (chunk) => session.readReplies(chunk);
        expect(readInPieces(read, replyBytes, cuts)).to.deep.equal(endsOf(replies));
        expect(session.outstanding).to.equal(0);
      });
      fc.assert(property, { numRuns: 300 });
    });

    it('finds replies that come as soon as they can', () => {
      const session = harness.createDialect().createSession();
      for (const { request, reply } of harness.conversation) {
        accepted(session.readRequests(asBytes(request)));
        if (reply === undefined) continue;
        expect(session.outstanding).to.equal(1);
        expect(session.readReplies(asBytes(reply))).to.deep.equal([asBytes(reply).byteLength]);
        expect(session.outstanding).to.equal(0);
      }
    });

    it('holds back no more than the request that is not complete', () => {
      const session = harness.createDialect().createSession();
      let sinceBoundary = 0;
      for (const byte of requestBytes) {
        sinceBoundary += 1;
        if (accepted(session.readRequests(Uint8Array.of(byte))).length > 0) sinceBoundary = 0;
        expect(session.undecided).to.be.at.most(sinceBoundary);
      }
    });

    it('passes over what the service says without being asked', () => {
      const session = harness.createDialect().createSession();
      expect(session.readReplies(replyBytes)).to.deep.equal([]);
      expect(session.outstanding).to.equal(0);
    });

    refusalCases(harness, requestBytes, requests.length);
    boundednessCases(harness);
  });

  const createDialect = (): Dialect => harness.createDialect();
  conversationCompliance(
    `${name}, on connections in memory`,
    dialectConversation({ createDialect, requests, replies }),
  );
}

function refusalCases(harness: DialectHarness, requestBytes: Uint8Array, requestCount: number): void {
  for (const [index, refused] of harness.refused.entries()) {
    it(`refuses request ${index + 1} of those it must, however it is cut, and nothing before it`, () => {
      const bytes = Buffer.concat([requestBytes, asBytes(refused)]);
      const property = fc.property(cutsOf(bytes.length), (cuts) => {
        const session = harness.createDialect().createSession();
        let outcome: RefusedRequest | undefined;
        let complete = 0;
        let acceptedBytes = 0;
        let start = 0;
        for (const end of [...cuts, bytes.length]) {
          if (outcome !== undefined) break;
          const read = session.readRequests(bytes.subarray(start, end));
          if ('refusal' in read) {
            outcome = read;
            if (read.accepted > 0) acceptedBytes = start + read.accepted;
          } else {
            complete += read.length;
            acceptedBytes = read.length > 0 ? start + (read.at(-1)?.end ?? 0) : acceptedBytes;
          }
          start = end;
        }
        expect(outcome?.refusal.reason).to.be.a('string');
        expect(outcome?.refusal.answer.byteLength).to.be.greaterThan(0);
        expect(acceptedBytes).to.equal(requestBytes.length);
        expect(complete).to.be.at.most(requestCount);
        expect(session.outstanding).to.equal(harness.conversation.filter(({ reply }) => reply !== undefined).length);
      });
      fc.assert(property, { numRuns: 100 });
    });
  }
}

function boundednessCases(harness: DialectHarness): void {
  const chunk = new Uint8Array(64 * 1024).fill(0x61);
  const chunks = 1024;
  const memoryGrowthMax = 8 * 1024 * 1024;

  it('refuses a request without end, or lets it through, in bounded memory', () => {
    const session = harness.createDialect().createSession();
    const before = memoryInUse();
    for (let count = 0; count < chunks; count += 1) {
      if ('refusal' in session.readRequests(chunk)) break;
      expect(session.undecided).to.be.at.most(memoryGrowthMax);
    }
    expect(memoryInUse() - before).to.be.lessThan(memoryGrowthMax);
  });

  it('reads a reply without end in bounded memory', () => {
    const session = harness.createDialect().createSession();
    for (const { request } of harness.conversation) session.readRequests(asBytes(request));
    const before = memoryInUse();
    for (let count = 0; count < chunks; count += 1) session.readReplies(chunk);
    expect(memoryInUse() - before).to.be.lessThan(memoryGrowthMax);
  });

  it('reads any bytes without failing', () => {
    const bytes = pattern(256 * 1024);
    const session = harness.createDialect().createSession();
    for (let start = 0; start < bytes.length; start += 1000) {
      if ('refusal' in session.readRequests(bytes.subarray(start, start + 1000))) break;
    }
    for (let start = 0; start < bytes.length; start += 1000) session.readReplies(bytes.subarray(start, start + 1000));
  });
}

/** Buffers are counted apart from the heap; garbage may be in it, so this is an upper bound. */
function memoryInUse(): number {
  return process.memoryUsage().arrayBuffers;
}

function cutsOf(length: number): fc.Arbitrary<number[]> {
  return fc.uniqueArray(fc.nat(length), { maxLength: 40 }).map((cuts) => cuts.sort((a, b) => a - b));
}

function readInPieces(read: Reader, bytes: Uint8Array, cuts: readonly number[]): number[] {
  const ends: number[] = [];
  let start = 0;
  for (const end of [...cuts, bytes.length]) {
    // A copy, so that nobody can look beyond the piece.
    for (const offset of read(Uint8Array.from(bytes.subarray(start, end)))) ends.push(start + offset);
    start = end;
  }
  return ends;
}

function accepted(read: readonly RequestBoundary[] | RefusedRequest): readonly RequestBoundary[] {
  if ('refusal' in read) throw new Error(`refused: ${read.refusal.reason}`);
  return read;
}

function endsOf(parts: readonly Uint8Array[]): number[] {
  let end = 0;
  return parts.map((part) => (end += part.byteLength));
}

function asBytes(text: Uint8Array | string): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
}
