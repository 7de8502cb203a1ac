import { expect } from 'chai';
import fc from 'fast-check';
import { ipAddressBytes } from '../ip-address.js';
import { proxyLimits } from './limits.js';
import { encodeProxyHeader, signature } from './proxy-header.js';
import { ProxyHeaderParser, type ProxyHeaderOutcome } from './proxy-header-parser.js';

const ipv4Ends = {
  source: { address: '203.0.113.7', port: 54_321 },
  destination: { address: '198.51.100.1', port: 443 },
};
const ipv6Ends = { source: { address: '2001:db8::7', port: 1 }, destination: { address: '::1', port: 65_535 } };

/** A header with this command, family and block. */
function raw(command: number, family: number, block: readonly number[] = [], length = block.length): Buffer {
  return Buffer.from([...signature, command, family, length >> 8, length & 0xff, ...block]);
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

function parse(bytes: Uint8Array): ProxyHeaderOutcome | undefined {
  return new ProxyHeaderParser().read(bytes);
}

describe('encodeProxyHeader', () => {
  it('writes what the protocol says', () => {
    const prefix = '0d0a0d0a000d0a515549540a21';
    expect(encodeProxyHeader(ipv4Ends).toString('hex')).to.equal(`${prefix}11000ccb007107c6336401d43101bb`);
    expect(encodeProxyHeader(undefined).toString('hex')).to.equal(`${prefix}000000`);
    expect(encodeProxyHeader(ipv6Ends)).to.have.lengthOf(16 + 36);
  });

  it('writes IPv4 addresses as such if a server for both families took the connection, and both in one family', () => {
    const mapped = {
      source: { address: '::ffff:203.0.113.7', port: 54_321 },
      destination: { address: '::ffff:198.51.100.1', port: 443 },
    };
    expect(encodeProxyHeader(mapped)).to.deep.equal(encodeProxyHeader(ipv4Ends));
    const mixed = parse(encodeProxyHeader({ source: ipv4Ends.source, destination: ipv6Ends.destination }));
    expect(mixed).to.have.nested.property('ends.source.address', '::ffff:cb00:7107');
    const linkLocal = { address: 'fe80::1%eth0', port: 1 };
    expect(parse(encodeProxyHeader({ source: linkLocal, destination: linkLocal }))).to.have.nested.property(
      'ends.source.address',
      'fe80::1',
    );
  });

  it('is undone by the parser, for all addresses', () => {
    const end = (address: fc.Arbitrary<string>) => fc.record({ address, port: fc.nat(65_535) });
    const ends = fc.oneof(
      fc.record({ source: end(fc.ipV4()), destination: end(fc.ipV4()) }),
      fc.record({ source: end(fc.ipV6()), destination: end(fc.ipV6()) }),
    );
    const property = fc.property(ends, (given) => {
      const outcome = parse(encodeProxyHeader(given));
      if (outcome?.kind !== 'header' || outcome.ends === undefined) throw new Error('not parsed');
      for (const side of ['source', 'destination'] as const) {
        expect(outcome.ends[side].port).to.equal(given[side].port);
        const bytes = (address: string): string => (ipAddressBytes(address) ?? []).slice(-4).join('.');
        expect(bytes(outcome.ends[side].address)).to.equal(bytes(given[side].address));
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe('ProxyHeaderParser', () => {
  it('takes a header off, and leaves what follows', () => {
    const header = encodeProxyHeader(ipv4Ends);
    const outcome = parse(Buffer.concat([header, Buffer.from('GET k')]));
    expect(outcome).to.deep.equal({ kind: 'header', ends: ipv4Ends, header, rest: Buffer.from('GET k') });
  });

  const extension = [0x02, 0, 3, 0x61, 0x62, 0x63];
  const accepted: readonly (readonly [name: string, header: Buffer])[] = [
    ['a balancer that speaks for itself', raw(0x20, 0x00)],
    ['a balancer that speaks for itself, whatever else it says', raw(0x20, 0xff, [1, 2, 3])],
    ['an unknown family', raw(0x21, 0x00, [1, 2, 3])],
    ['addresses of unix sockets', raw(0x21, 0x31, zeros(216))],
    ['extensions', raw(0x21, 0x11, [...zeros(12), ...extension, ...extension])],
    ['an extension without a value', raw(0x21, 0x21, [...zeros(36), 0x04, 0, 0])],
    ['the longest header', raw(0x20, 0x00, zeros(proxyLimits.headerBytesMax - 16))],
  ];
  for (const [name, header] of accepted) {
    it(`accepts ${name}`, () => {
      expect(parse(header)).to.deep.include({ kind: 'header', header, rest: Buffer.alloc(0) });
    });
  }

  const refused: readonly (readonly [name: string, bytes: Buffer])[] = [
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['version 1', Buffer.from('PROXY TCP4 203.0.113.7 198.51.100.1 54321 443\r\n')],
    ['a signature with one wrong byte at its end', Buffer.from([...signature.slice(0, -1), 0x0b])],
    ['another version', raw(0x31, 0x11, zeros(12))],
    ['an unknown command', raw(0x22, 0x11, zeros(12))],
    ['an unknown family', raw(0x21, 0x41, zeros(12))],
    ['datagrams', raw(0x21, 0x12, zeros(12))],
    ['addresses that are cut off', raw(0x21, 0x11, zeros(11))],
    ['an extension that is cut off', raw(0x21, 0x11, [...zeros(12), ...extension.slice(0, -1)])],
    ['half of the beginning of an extension', raw(0x21, 0x11, [...zeros(12), 0x02, 0])],
    ['a header that is too long, before it has come', raw(0x21, 0x11, [], proxyLimits.headerBytesMax - 15)],
  ];
  for (const [name, bytes] of refused) {
    it(`refuses ${name}`, () => expect(parse(bytes)).to.have.property('kind', 'refused'));
  }

  it('refuses at the first wrong byte', () => {
    expect(parse(Buffer.from('G'))).to.have.property('kind', 'refused');
    expect(parse(Buffer.from('\r\n'))).to.equal(undefined);
  });

  it('comes to the same end however the bytes are cut, with bounded memory', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(
          fc.constantFrom(0x20, 0x21, 0x22),
          fc.constantFrom(0x00, 0x11, 0x21, 0x31, 0x41),
          fc.uint8Array({ maxLength: 60 }),
        )
        .map(([command, family, block]) => raw(command, family, [...block])),
      fc
        .tuple(fc.uint8Array({ maxLength: 30 }), fc.nat(80))
        .map(([block, length]) => raw(0x21, 0x11, [...zeros(12), ...block], length)),
    );
    const property = fc.property(bytes, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (given, sizes) => {
      const whole = parse(given);
      const parser = new ProxyHeaderParser();
      let outcome: ProxyHeaderOutcome | undefined;
      let start = 0;
      for (let turn = 0; outcome === undefined && start < given.length; turn += 1) {
        const end = start + (sizes[turn % sizes.length] ?? 1);
        outcome = parser.read(Uint8Array.from(given.subarray(start, end)));
        start = Math.min(end, given.length);
      }
      const rest = Buffer.from(given.subarray(start));
      const joined = outcome?.kind === 'header' ? { ...outcome, rest: Buffer.concat([outcome.rest, rest]) } : outcome;
      expect(joined).to.deep.equal(whole);
    });
    fc.assert(property, { numRuns: 3000 });
  });
});
