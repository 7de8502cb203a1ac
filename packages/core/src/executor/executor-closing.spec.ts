import { expect } from 'chai';
import { ExecutorBench, keyOf } from './executor-bench.fixture.js';
import { overrunBytesMax } from './service-connection.js';

describe('Executor: resets, releases, pauses', () => {
  let bench: ExecutorBench;

  beforeEach(() => {
    bench = new ExecutorBench();
    bench.openGated(1, 2);
  });

  const { given, told } = { given: () => bench.service.takeCalls(), told: () => bench.takeTold() };

  describe('reset', () => {
    it('waits until the service has taken what came before, on every replica', () => {
      bench.entry('data 1 a');
      bench.entry('reset 1');
      expect(given()).to.deep.equal(['1 send a']);
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['1 reset']);
      expect(told()).to.deep.equal(['executed 3', 'executed 4']);
    });

    it('drops output from the moment it is due', () => {
      bench.entry('data 1 a');
      bench.entry('reset 1');
      told();
      bench.service.channel(1).answer('x');
      bench.service.channel(1).take(1);
      bench.service.channel(1).finish();
      bench.service.channel(1).endOutput();
      bench.service.channel(1).close();
      expect(told()).to.deep.equal(['executed 4']);
    });

    it('goes first through the turn of another connection, then through its own', () => {
      bench.entry('data 1 a');
      bench.pass(1000);
      bench.entry('data 2 b');
      bench.pass(1000);
      expect(told()).to.deep.equal(['executed 3', 'gate-timeout 1', 'executed 4']);
      bench.service.channel(1).finish();
      bench.entry('data 1 c', 'reset 2');
      expect(given()).to.deep.equal(['1 send a', '2 send b']);
      bench.service.channel(2).finish();
      expect(given()).to.deep.equal(['1 send c']);
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['2 reset']);
    });

    it('of a paused connection waits for what the service is given, and reads on', () => {
      bench.executor.pauseOutput(keyOf(1));
      bench.pass(5000);
      bench.entry('data 1 a', 'reset 1');
      expect(given()).to.deep.equal(['1 pause', '1 send a', '1 resume']);
      expect(bench.executor.nextDeadline()).to.equal(bench.now + 100);
      bench.executor.pauseOutput(keyOf(1));
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['1 reset']);
    });

    it('comes after the gate timeout when the service hangs', () => {
      bench.entry('data 1 a');
      bench.entry('reset 1');
      bench.entry('data 2 b');
      given();
      bench.pass(101);
      expect(given()).to.deep.equal(['1 reset', '2 send b']);
      expect(told()).to.deep.equal(['executed 3', 'gate-timeout 1', 'executed 5']);
    });

    it('does not wait for a connection that has broken meanwhile', () => {
      bench.entry('data 1 a', 'reset 1', 'data 2 b');
      bench.service.channel(1).break('gone');
      expect(given()).to.deep.equal(['1 send a', '2 send b']);
      expect(told()).to.deep.equal(['executed 3']);
    });

    it('does not make others wait for what it broke', () => {
      bench.entry('data 1 a');
      bench.pass(1000);
      bench.entry('data 2 b');
      bench.pass(1000);
      bench.service.channel(2).finish();
      given();
      bench.entry('reset 1', 'data 2 c');
      expect(given()).to.deep.equal(['1 reset', '2 send c']);
    });

    it('frees the connection: what it does afterwards is nobody’s business', () => {
      bench.entry('reset 1');
      bench.executor.pauseOutput(keyOf(1));
      bench.executor.resumeOutput(keyOf(1));
      bench.service.channel(1).close();
      expect(given()).to.deep.equal(['1 reset']);
    });
  });

  describe('release', () => {
    it('half-closes and reads on quietly, and never breaks: unread input would be lost', () => {
      bench.executor.pauseOutput(keyOf(1));
      given();
      bench.entry('release 1');
      told();
      expect(given()).to.deep.equal(['1 resume', '1 end']);
      bench.service.channel(1).answer('x');
      bench.service.channel(1).endOutput();
      bench.service.channel(1).close();
      expect([given(), told()]).to.deep.equal([[], []]);
    });

    it('neither waits for a turn nor ends one', () => {
      bench.entry('data 1 a', 'release 2', 'release 1', 'open 3');
      expect(given()).to.deep.equal(['1 send a', '2 end', '1 end']);
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['3 connect']);
    });

    it('leaves a closed connection alone', () => {
      bench.service.channel(1).close();
      bench.entry('release 1');
      expect(given()).to.deep.equal([]);
      bench.executor.stop();
      expect(given()).to.deep.equal(['2 reset', 'close', 'close']);
    });

    it('breaks the oldest of very many that the service never closes', () => {
      for (let number = 3; number <= 1026; number += 1) bench.openGated(number);
      for (let number = 1; number <= 1024; number += 1) bench.entry(`release ${number}`);
      expect(given().filter((call) => call.endsWith('reset'))).to.deep.equal([]);
      bench.entry('release 1025');
      expect(given()).to.deep.equal(['1025 end', '1 reset']);
    });
  });

  describe('a paused connection', () => {
    it('is paused at once when it has no turn', () => {
      bench.executor.pauseOutput(keyOf(1));
      bench.entry('data 2 b');
      expect(given()).to.deep.equal(['1 pause', '2 send b']);
    });

    it('is read to the end of its turn, for which the others wait', () => {
      bench.entry('data 1 a', 'data 2 b');
      bench.executor.pauseOutput(keyOf(1));
      bench.service.channel(1).answer('x');
      expect(given()).to.deep.equal(['1 send a']);
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['1 pause', '2 send b']);
    });

    it('is read again for the next turn', () => {
      bench.executor.pauseOutput(keyOf(1));
      bench.entry('data 1 a', 'data 2 b');
      expect(given()).to.deep.equal(['1 pause', '1 send a', '1 resume']);
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['1 pause', '2 send b']);
    });

    it('is paused in the midst of a turn that has timed out', () => {
      bench.entry('data 1 a', 'data 2 b');
      bench.executor.pauseOutput(keyOf(1));
      bench.pass(101);
      expect(given()).to.deep.equal(['1 send a', '1 pause', '2 send b']);
    });

    it('is given up when it puts out far too much in one turn', () => {
      bench.entry('data 1 a', 'data 2 b');
      bench.executor.pauseOutput(keyOf(1));
      given();
      told();
      bench.service.channel(1).answer('x'.repeat(overrunBytesMax));
      expect(given()).to.deep.equal([]);
      bench.service.channel(1).answer('y');
      expect(given()).to.deep.equal(['1 pause', '2 send b']);
      expect(told()).to.include('gate-timeout 1');
    });

    it('stays as it is when it is resumed in its turn', () => {
      bench.entry('data 1 a');
      bench.executor.pauseOutput(keyOf(1));
      bench.executor.resumeOutput(keyOf(1));
      bench.service.channel(1).finish();
      expect(given()).to.deep.equal(['1 send a']);
    });
  });
});
