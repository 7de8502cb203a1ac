import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { atCallbackEnd, behindCallbackEnd, callbackTime, runAsCallback } from './callback-end.js';

describe('the end of a callback', () => {
  it('comes before the next callback, with everything in its order', async () => {
    const calls: string[] = [];
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        atCallbackEnd(() => {
          calls.push('first');
          atCallbackEnd(() => calls.push('asked for by the first'));
        });
        atCallbackEnd(() => calls.push('second'));
        calls.push('callback');
      });
      setImmediate(() => {
        calls.push('next callback');
        resolve();
      });
    });
    expect(calls).to.deep.equal(['callback', 'first', 'second', 'asked for by the first', 'next callback']);
  });

  it('is followed by what nobody waits for, and comes again for what that asks for', async () => {
    const calls: string[] = [];
    behindCallbackEnd(() => {
      calls.push('behind');
      behindCallbackEnd(() => calls.push('behind what it asks for'));
      atCallbackEnd(() => calls.push('asked for behind'));
    });
    atCallbackEnd(() => {
      calls.push('end');
      atCallbackEnd(() => calls.push('asked for at the end'));
    });
    behindCallbackEnd(() => calls.push('second behind'));
    await nextTurn();
    expect(calls).to.deep.equal([
      'end',
      'asked for at the end',
      'behind',
      'second behind',
      'asked for behind',
      'behind what it asks for',
    ]);
  });

  it('is there for what comes behind it alone', async () => {
    const calls: string[] = [];
    behindCallbackEnd(() => calls.push('behind'));
    await Promise.resolve();
    expect(calls).to.deep.equal(['behind']);
  });

  it('does what is left when something fails, and the process hears of it', async () => {
    const calls: string[] = [];
    const listeners = process.rawListeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const failure = once(process, 'unhandledRejection');
      atCallbackEnd(() => calls.push('before'));
      atCallbackEnd(() => {
        throw new Error('failed on purpose');
      });
      atCallbackEnd(() => calls.push('next'));
      behindCallbackEnd(() => calls.push('behind'));
      const [reason] = (await failure) as [Error];
      expect(reason.message).to.equal('failed on purpose');
      expect(calls).to.deep.equal(['before', 'next', 'behind']);
    } finally {
      for (const listener of listeners) process.on('unhandledRejection', listener as never);
    }
  });
});

describe('what is run as a callback', () => {
  it('has its end before it returns, with everything in its order', () => {
    const calls: string[] = [];
    runAsCallback((name: string) => {
      atCallbackEnd(() => {
        calls.push('first');
        atCallbackEnd(() => calls.push('asked for by the first'));
      });
      atCallbackEnd(() => calls.push('second'));
      calls.push(name);
    }, 'callback');
    expect(calls.splice(0)).to.deep.equal(['callback', 'first', 'second', 'asked for by the first']);
    runAsCallback(() => {
      behindCallbackEnd(() => calls.push('behind'));
      atCallbackEnd(() => calls.push('end'));
    }, undefined);
    expect(calls).to.deep.equal(['end', 'behind']);
  });

  it('has no end of its own within another callback, whoever runs that', async () => {
    const calls: string[] = [];
    const inner = (name: string): void => {
      atCallbackEnd(() => calls.push(`end of ${name}`));
    };
    runAsCallback(() => {
      runAsCallback(inner, 'inner');
      calls.push('outer');
    }, undefined);
    expect(calls.splice(0)).to.deep.equal(['outer', 'end of inner']);
    atCallbackEnd(() => calls.push('first'));
    runAsCallback(inner, 'inner');
    expect(calls).to.deep.equal([]);
    await nextTurn();
    expect(calls).to.deep.equal(['first', 'end of inner']);
  });

  it('has its end when it fails, and what fails at the end keeps nothing else from being done', async () => {
    const calls: string[] = [];
    const fail = (): never => {
      throw new Error('failed on purpose');
    };
    const callback = (): void => {
      atCallbackEnd(() => calls.push('end'));
      fail();
    };
    expect(() => runAsCallback(callback, undefined)).to.throw('failed on purpose');
    expect(calls.splice(0)).to.deep.equal(['end']);
    const failsAtEnd = (): void => {
      atCallbackEnd(fail);
      atCallbackEnd(() => calls.push('next'));
      behindCallbackEnd(fail);
      behindCallbackEnd(() => calls.push('behind'));
    };
    const listeners = process.rawListeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const failure = once(process, 'unhandledRejection');
    expect(() => runAsCallback(failsAtEnd, undefined)).to.throw('failed on purpose');
    await failure;
    await nextTurn();
    for (const listener of listeners) process.on('unhandledRejection', listener as never);
    expect(calls.splice(0)).to.deep.equal(['next', 'behind']);
    runAsCallback(() => atCallbackEnd(() => calls.push('as ever')), undefined);
    expect(calls).to.deep.equal(['as ever']);
  });
});

describe('the time of a callback', () => {
  it('stands still as long as it runs, and is that of the clock in the next one', async () => {
    await nextTurn();
    const before = performance.now();
    const time = callbackTime();
    const after = performance.now();
    while (performance.now() < after + 3);
    let timeAtEnd: number | undefined;
    atCallbackEnd(() => (timeAtEnd = callbackTime()));
    expect(callbackTime()).to.equal(time);
    expect(time).to.be.within(before, after);
    await nextTurn();
    expect(timeAtEnd).to.equal(time);
    expect(callbackTime()).to.be.at.least(after + 3);
  });
});
