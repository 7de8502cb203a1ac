import { expect } from 'chai';
import { ByteLedger } from './byte-ledger.js';

describe('a byte ledger', () => {
  it('frees the bytes of an entry when its last unit is passed', () => {
    const ledger = new ByteLedger();
    ledger.add(3, 30);
    ledger.add(1, 500);
    expect([ledger.units, ledger.bytes]).to.deep.equal([4, 530]);
    expect(ledger.pass(2)).to.equal(0);
    expect(ledger.pass(3)).to.equal(30);
    expect(ledger.pass(1)).to.equal(0);
    expect(ledger.pass(4)).to.equal(500);
    expect([ledger.units, ledger.bytes]).to.deep.equal([4, 0]);
  });
});
