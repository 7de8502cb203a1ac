import { parseAddress } from '@lockstep/sockets';
import { expect } from 'chai';
import { isWildcard, staysOnMachine } from './address.js';

/** Whether the test says the same of all of these addresses; undefined if it does not. */
function verdict(test: typeof isWildcard, ...texts: readonly string[]): boolean | undefined {
  const [first, ...others] = texts.map((text) => test(parseAddress(text)!));
  return others.every((other) => other === first) ? first : undefined;
}

describe('what is known of an address', () => {
  it('the loopback and unix sockets stay on the machine', () => {
    expect(verdict(staysOnMachine, 'localhost:1', '127.0.0.1:1', '127.1.2.3:1', '[::1]:1', 'unix:/a')).to.equal(true);
    expect(verdict(staysOnMachine, '10.0.0.1:1', 'localhost.example:1', '[::2]:1', '127.example:1')).to.equal(false);
  });

  it('nobody can dial a wildcard', () => {
    expect(verdict(isWildcard, '0.0.0.0:1', '[::]:1', '[0:0:0:0:0:0:0:0]:1')).to.equal(true);
    expect(verdict(isWildcard, '[::1]:1', '10.0.0.0:1', '0.example:1', 'unix:/0')).to.equal(false);
  });
});
