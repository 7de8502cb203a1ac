import { expect } from 'chai';
import fc from 'fast-check';
import { decodeHello, encodeHello } from './hello.js';
import { refusedCommand } from './refused-command.js';
import { decodeRequest, encodeRequest } from './request.js';
import { decodeResult, encodeResult } from './result.js';
import { decodeStatus, encodeStatus } from './status.js';
import { bytes, isUnit, unit } from './unit.js';

const session = '0123456789abcdef0123456789abcdef';
const anyJson = fc.json().map((text) => Buffer.from(text));
const anyMessage = fc.oneof(fc.uint8Array({ maxLength: 200 }), anyJson);

const statuses = fc.oneof(
  fc.record({ code: fc.integer({ min: 0, max: 255 }), signal: fc.constant(null) }),
  fc.record({ code: fc.constant(null), signal: fc.constantFrom('SIGKILL', 'SIGSEGV', 'SIGUSR1') }),
);

describe('the messages of stdio and exec', () => {
  it('come back as they were', () => {
    for (const role of ['main', 'status'] as const) {
      expect(decodeHello(encodeHello({ session, role }))).to.deep.equal({ session, role });
    }
    fc.assert(
      fc.property(statuses, (status) => {
        expect(decodeStatus(encodeStatus(status))).to.deep.equal(status);
      }),
    );
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(word.filter(Boolean), fc.array(word), (program, parameters) => {
        const request = { words: [program, ...parameters] as [string, ...string[]] };
        expect(decodeRequest(encodeRequest(request))).to.deep.equal(request);
      }),
    );
  });

  it('are longer than a byte, so that none is taken for bytes', () => {
    const messages = [encodeHello({ session, role: 'main' }), encodeStatus({ code: 0, signal: null })];
    messages.push(encodeRequest({ words: ['a'] }));
    for (const message of messages) expect(isUnit(unit(message))).to.equal(true);
    expect(isUnit(bytes(Uint8Array.of(1, 2)))).to.equal(false);
  });

  it('a result comes back, however its pieces are cut, and not before it is complete', () => {
    const output = fc.uint8Array({ maxLength: 1000 });
    fc.assert(
      fc.property(statuses, output, output, fc.integer({ min: 1, max: 2000 }), (status, stdout, stderr, cutAt) => {
        const whole = Buffer.concat(encodeResult({ status, stdout, stderr }));
        const result = decodeResult([whole.subarray(0, cutAt), whole.subarray(cutAt)]);
        expect(result?.status).to.deep.equal(status);
        expect(Buffer.from(result?.stdout ?? 'none')).to.deep.equal(Buffer.from(stdout));
        expect(Buffer.from(result?.stderr ?? 'none')).to.deep.equal(Buffer.from(stderr));
        if (cutAt < whole.length) expect(decodeResult([whole.subarray(0, cutAt)])).to.equal(undefined);
      }),
    );
  });

  it('a large result is cut into messages that links carry', () => {
    const stdout = new Uint8Array(1_000_000);
    const pieces = encodeResult({ status: { code: 0, signal: null }, stdout, stderr: new Uint8Array() });
    for (const piece of pieces) expect(piece.byteLength).to.be.at.most(64 * 1024);
    expect(decodeResult(pieces)?.stdout.byteLength).to.equal(1_000_000);
  });

  it('anything else is none, and harms nobody', () => {
    fc.assert(
      fc.property(anyMessage, (payload) => {
        expect(decodeHello(payload)).to.equal(undefined);
        expect(decodeResult([payload])).to.equal(undefined);
        decodeStatus(payload);
        decodeRequest(payload);
      }),
      { numRuns: 2000 },
    );
    for (const words of [[], [''], [1], ['a\0b'], 'ls', null, { 0: 'ls' }]) {
      expect(decodeRequest(Buffer.from(JSON.stringify({ words }))), JSON.stringify(words)).to.equal(undefined);
    }
    for (const [code, signal] of [
      [256, null],
      [-1, null],
      [1.5, null],
      [null, null],
      [0, 'SIGTERM'],
      [null, 'TERM'],
      [null, 'SIGsegv\n'],
    ]) {
      expect(decodeStatus(Buffer.from(JSON.stringify({ code, signal }))), String([code, signal])).to.equal(undefined);
    }
    const withSession = (id: string): Buffer => Buffer.from(JSON.stringify({ session: id, role: 'main' }));
    for (const id of ['', session.toUpperCase(), `${session}0`])
      expect(decodeHello(withSession(id))).to.equal(undefined);
  });

  it('a command is run under the name that is allowed, and under no other', () => {
    expect(refusedCommand('tsp', ['tsp', '/bin/ls'])).to.equal(undefined);
    for (const program of ['ls', './tsp', '/usr/bin/tsp', 'tsp ', 'TSP']) {
      expect(refusedCommand(program, ['tsp', '/bin/ls'])).to.match(/add it under options.commands/);
    }
  });
});
