import { expect } from 'chai';
import { isLoopback, isWildcard, parseAddress } from './address.js';

describe('parseAddress', () => {
  it('takes names, IPv4 and IPv6 apart', () => {
    expect(parseAddress('kv-1.example:7400')).to.deep.equal({ host: 'kv-1.example', port: 7400 });
    expect(parseAddress('10.0.0.1:0')).to.deep.equal({ host: '10.0.0.1', port: 0 });
    expect(parseAddress('[::1]:65535')).to.deep.equal({ host: '::1', port: 65535 });
  });

  for (const text of ['', 'a', ':1', 'a:', 'a:b', 'a:65536', '::1:80', '[::1]', 'a b:1', 'http://a:1', 'a:1/']) {
    it(`refuses "${text}"`, () => expect(parseAddress(text)).to.equal(undefined));
  }

  it('knows the loopback and the wildcard', () => {
    expect(['localhost', '127.0.0.1', '127.1.2.3', '::1'].every(isLoopback)).to.equal(true);
    expect(['10.0.0.1', 'localhost.example', '::2', '127.example'].some(isLoopback)).to.equal(false);
    expect(['0.0.0.0', '::', '0:0:0:0:0:0:0:0'].every(isWildcard)).to.equal(true);
    expect(['::1', '10.0.0.0', '0.example'].some(isWildcard)).to.equal(false);
  });
});
