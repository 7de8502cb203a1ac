import { expect } from 'chai';
import { connectError, faultOf } from './socket-errors.js';

function errorOf(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

describe('faultOf', () => {
  it('blames this side for what it has run out of, and the other for the rest', () => {
    expect(faultOf(errorOf('EMFILE'))).to.equal('local');
    expect(faultOf(errorOf('ENOTFOUND'))).to.equal('local');
    expect(faultOf(errorOf('ECONNRESET'))).to.equal('peer');
    expect(faultOf(new Error('no code'))).to.equal('peer');
  });
});

describe('connectError', () => {
  it('says what to do', () => {
    const error = connectError(errorOf('ECONNREFUSED'), '127.0.0.1:1');
    expect(error).to.include({ code: 'ERR_LOCKSTEP_SERVICE_UNREACHABLE', retryable: true });
    expect(error.message).to.match(/at 127\.0\.0\.1:1 \(connect ECONNREFUSED\): see that it runs and listens there/);
    expect(connectError(errorOf('ENFILE'), 'unix:/a').message).to.match(/raise the limit of open files/);
  });

  it('names all that was tried for a name with several addresses', () => {
    const cause = new AggregateError([errorOf('ECONNREFUSED'), errorOf('ENETUNREACH')]);
    expect(connectError(cause, 'kv:1').message).to.contain('(connect ECONNREFUSED; connect ENETUNREACH)');
  });
});
