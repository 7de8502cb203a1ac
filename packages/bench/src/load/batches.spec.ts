import { expect } from 'chai';
import { Batches } from './batches.js';

describe('bench: batches of requests', () => {
  it('take the requests in turn, and come around', () => {
    const batches = new Batches({ requests: ['a', 'b', 'c'], reply: '+' }, 2);
    expect([1, 2, 3].map(() => batches.next().toString())).to.deep.equal(['ab', 'ca', 'ab']);
    expect(batches.answer.toString()).to.equal('++');
  });

  it('end with what closes each of them', () => {
    const batches = new Batches({ requests: ['a'], reply: '+', closing: { request: 'w', reply: '!' } }, 3);
    expect(batches.next().toString()).to.equal('aaaw');
    expect(batches.answer.toString()).to.equal('+++!');
  });
});
