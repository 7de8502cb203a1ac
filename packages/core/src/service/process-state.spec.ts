import { expect } from 'chai';
import { isExiting, saysExiting } from './process-state.js';

describe('isExiting', () => {
  it('reads the state and the flags, whatever the process is called', () => {
    expect(saysExiting('17 (a) Z 1 (b) S 1 17 17 0 -1 4194304 102 0')).to.equal(false);
    expect(saysExiting('17 (redis server) S 1 17 17 0 -1 4194560 102 0')).to.equal(false);
    expect(saysExiting('17 (redis) R 1 17 17 0 -1 4194308 102 0'), 'PF_EXITING').to.equal(true);
    expect(saysExiting('17 (redis) Z 1 17 17 0 -1 4227084 102 0')).to.equal(true);
    expect(saysExiting('17 (redis) X 0 -1 -1 0 -1 4227084 102 0')).to.equal(true);
  });

  it('knows that this process lives', () => {
    expect(isExiting(process.pid)).to.equal(false);
  });

  it('takes a process that is not there for one that has ended', () => {
    expect(isExiting(2 ** 30)).to.equal(true);
  });
});
