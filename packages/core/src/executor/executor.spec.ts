import { expect } from 'chai';
import type { OrderNumber } from '@lockstep/contracts';
import { InvariantBroken } from '../protocol/invariant.js';
import { ExecutorBench, keyOf } from './executor-bench.fixture.js';

describe('Executor', () => {
  let bench: ExecutorBench;

  beforeEach(() => {
    bench = new ExecutorBench();
  });

  const { given, told } = { given: () => bench.service.takeCalls(), told: () => bench.takeTold() };

  describe('turns', () => {
    it('pipelines what one connection gets, across entries and before it is open', () => {
      bench.entry('open 1', 'data 1 a');
      bench.entry('data 1 b', 'data 1 c');
      bench.entry('end 1');
      expect(given()).to.deep.equal(['1 connect', '1 send a', '1 send b', '1 send c', '1 end']);
      expect(told()).to.deep.equal(['executed 1', 'executed 2', 'executed 3']);
    });

    it('lets another connection in only when the service has finished the turn', () => {
      bench.openGated(1, 2);
      bench.entry('data 1 a', 'data 2 b', 'data 2 c');
      bench.entry('data 1 d');
      expect(given()).to.deep.equal(['1 send a']);
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['2 send b', '2 send c']);
      bench.service.channel(2).finish();
      expect(given()).to.deep.equal(['1 send d']);
    });

    it('does not wait for a service that has finished already', () => {
      bench.openGated(1, 2);
      bench.entry('data 1 a');
      bench.service.channel(1).finish();
      bench.entry('data 2 b');
      expect(given()).to.deep.equal(['1 send a', '2 send b']);
    });

    it('waits until a connection is open before it opens another', () => {
      bench.entry('open 1');
      bench.entry('open 2');
      expect(given()).to.deep.equal(['1 connect']);
      bench.service.channel(1).accept();
      expect(given()).to.deep.equal(['2 connect']);
    });

    it('neither waits for connections without a gate nor lets them wait', () => {
      bench.openGated(1);
      bench.entry('open 2 free', 'data 2 a', 'open 3 free', 'data 1 b', 'data 2 c', 'data 3 d', 'data 1 e');
      expect(given()).to.deep.equal([
        ...['2 connect', '2 send a', '3 connect', '1 send b', '2 send c', '3 send d', '1 send e'],
      ]);
    });

    it('keeps the order of handing over also for connections without a gate', () => {
      bench.openGated(1, 2);
      bench.entry('open 3 free', 'data 1 a', 'data 2 b', 'data 3 c');
      expect(given()).to.deep.equal(['3 connect', '1 send a']);
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['2 send b', '3 send c']);
    });

    it('goes on when the awaited connection breaks', () => {
      bench.openGated(1, 2);
      bench.entry('data 1 a', 'data 2 b', 'data 1 c');
      bench.service.channel(1).break('gone');
      expect(given()).to.deep.equal(['1 send a', '2 send b']);
      bench.service.channel(2).finish();
      expect(given()).to.deep.equal([]);
      expect(told()).to.deep.equal(['output-reset 1 after 3: gone', 'executed 3']);
    });
  });

  describe('what is executed', () => {
    it('is told once for each call, with the last entry that has been handed over whole', () => {
      bench.openGated(1, 2);
      bench.entry('data 1 a', 'data 2 b');
      bench.entry();
      bench.entry('data 2 c');
      bench.entry('data 1 d');
      bench.entry();
      expect(told()).to.deep.equal([]);
      expect(bench.executor.pending).to.equal(3);
      bench.service.channel(1).finish();
      expect(told()).to.deep.equal(['executed 5']);
      bench.service.channel(2).finish();
      expect(told()).to.deep.equal(['executed 7']);
      expect(bench.executor.pending).to.equal(0);
    });

    it('includes entries without operations', () => {
      bench.entry();
      bench.entry();
      expect(told()).to.deep.equal(['executed 1', 'executed 2']);
    });

    it('starts anywhere and leaves no gap', () => {
      bench.executor.execute(7 as OrderNumber, []);
      expect(told()).to.deep.equal(['executed 7']);
      expect(() => bench.executor.execute(9 as OrderNumber, [])).to.throw(InvariantBroken, 'entry 9 follows 7');
    });

    it('may not be meant for a connection that is not open, nor open one twice', () => {
      expect(() => bench.entry('data 1 a')).to.throw(InvariantBroken);
      bench = new ExecutorBench();
      expect(() => bench.entry('open 1', 'open 1')).to.throw(InvariantBroken);
    });
  });

  describe('output', () => {
    it('has as its cause the last entry handed over to any connection', () => {
      bench.openGated(1, 2);
      bench.entry('data 1 a');
      bench.entry('data 2 b');
      bench.entry();
      bench.service.channel(1).answer('x');
      bench.service.channel(1).finish();
      bench.service.channel(1).answer('y');
      bench.service.channel(2).endOutput();
      bench.service.channel(1).break('broken');
      expect(told()).to.deep.equal([
        'executed 3',
        'output 1 x after 3',
        'executed 5',
        'output 1 y after 4',
        'output-end 2 after 4',
        'output-reset 1 after 4: broken',
      ]);
    });

    it('may be caused by a part of an entry', () => {
      bench.openGated(1, 2);
      bench.entry('data 1 a', 'data 2 b');
      bench.service.channel(1).answer('x');
      expect(told()).to.deep.equal(['output 1 x after 3']);
    });

    it('tells how much of the input is taken', () => {
      bench.openGated(1);
      bench.entry('data 1 abc');
      bench.service.channel(1).take(2);
      bench.service.channel(1).take(3);
      expect(told()).to.deep.equal(['executed 2', 'taken 1 2', 'taken 1 3']);
    });

    it('is a reset where the endpoint is not known', () => {
      bench.entry('open 1 other', 'data 1 a', 'end 1');
      bench.entry('reset 1');
      expect(given()).to.deep.equal([]);
      expect(told()[0]).to.match(/^output-reset 1 after 1: .*"other".*same configuration/);
    });
  });

  it('tells that what all connections share is gone, unless it is stopped', () => {
    bench.service.lose(new Error('ended'));
    expect(told()).to.deep.equal(['service-lost: ended']);
    bench.executor.stop();
    bench.service.lose(new Error('ended'));
    expect(told()).to.deep.equal([]);
  });

  it('breaks everything when it is stopped, and falls silent', () => {
    bench.openGated(1, 2, 3);
    bench.entry('release 3');
    bench.entry('data 1 a', 'data 2 b');
    given();
    told();
    bench.executor.stop();
    expect(given()).to.deep.equal(['1 reset', '2 reset', '3 reset', 'close', 'close']);
    bench.service.channel(1).finish();
    bench.service.channel(2).answer('x');
    bench.service.channel(2).break('gone');
    bench.entry('data 1 c');
    bench.executor.pauseOutput(keyOf(1));
    bench.executor.tick();
    expect([given(), told(), bench.executor.pending]).to.deep.equal([[], [], 0]);
    expect(bench.executor.nextDeadline()).to.equal(undefined);
  });
});
