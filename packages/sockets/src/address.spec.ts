import { expect } from 'chai';
import fc from 'fast-check';
import { formatAddress, parseAddress, requireAddress, unixPathBytesMax } from './address.js';

describe('parseAddress', () => {
  it('takes names and addresses with a port', () => {
    expect(parseAddress('kv-1.example:7400')).to.deep.equal({ host: 'kv-1.example', port: 7400 });
    expect(parseAddress('10.0.0.1:0')).to.deep.equal({ host: '10.0.0.1', port: 0 });
    expect(parseAddress('[::1]:65535')).to.deep.equal({ host: '::1', port: 65535 });
  });

  it('takes the absolute path of a unix socket', () => {
    expect(parseAddress('unix:/run/kv.sock')).to.deep.equal({ path: '/run/kv.sock' });
    expect(parseAddress('unix:/run/my kv:1.sock')).to.deep.equal({ path: '/run/my kv:1.sock' });
  });

  it('counts the bytes of a path', () => {
    const longest = `/${'ü'.repeat(unixPathBytesMax >> 1)}`;
    expect(parseAddress(`unix:${longest}`)).to.deep.equal({ path: longest });
    expect(parseAddress(`unix:${longest}x`)).to.equal(undefined);
  });

  const wrong = ['', '7400', ':7400', '::1:7400', '[::1]', 'a b:1', 'a:65536', 'a:-1', 'http://a:1', 'a:1x'];
  for (const text of [...wrong, 'unix:', 'unix:kv.sock', 'unix:/', 'unix:/run/', 'unix:/run/\0', '/run/kv.sock']) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseAddress(text)).to.equal(undefined));
  }

  it('is the inverse of formatAddress, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((path) => `unix:/${path}`),
    );
    const property = fc.property(text, (given) => {
      const address = parseAddress(given);
      if (address !== undefined) expect(parseAddress(formatAddress(address))).to.deep.equal(address);
    });
    fc.assert(property, { numRuns: 1000 });
    for (const given of ['[::1]:1', 'a:2', 'unix:/a']) expect(formatAddress(parseAddress(given)!)).to.equal(given);
  });
});

describe('requireAddress', () => {
  it('says who needs an address, and how it is written', () => {
    expect(requireAddress('a:1', 'the test')).to.deep.equal({ host: 'a', port: 1 });
    expect(() => requireAddress('http://a', 'the test'))
      .to.throw(/"http:\/\/a" is no address for the test: write host:port/)
      .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
  });
});
