import { expect } from 'chai';
import { ExecutorBench } from './executor-bench.fixture.js';
import { gateTimeoutsPerTurnMax } from './executor.js';

describe('Executor: gate timeouts', () => {
  let bench: ExecutorBench;

  beforeEach(() => {
    bench = new ExecutorBench();
    bench.openGated(1, 2, 3);
  });

  const { given, told } = { given: () => bench.service.takeCalls(), told: () => bench.takeTold() };

  it('are counted from the last thing that the connection was given', () => {
    bench.entry('data 1 a');
    expect(bench.executor.nextDeadline()).to.equal(undefined);
    bench.now += 30;
    bench.entry('data 1 b');
    bench.now += 30;
    bench.entry('data 2 c');
    expect(bench.executor.nextDeadline()).to.equal(1130);
    bench.pass(69);
    expect(given()).to.deep.equal(['1 send a', '1 send b']);
    bench.pass(2);
    expect(given()).to.deep.equal(['2 send c']);
    expect(told()).to.deep.equal(['executed 4', 'executed 5', 'gate-timeout 1', 'executed 6']);
  });

  it('need a second look, because the answer may lie unread when the process itself stood still', () => {
    bench.entry('data 1 a', 'data 2 b');
    bench.now += 60_000;
    bench.executor.tick();
    expect(bench.executor.nextDeadline()).to.equal(bench.now + 1);
    bench.service.channel(1).finish();
    bench.now += 1;
    bench.executor.tick();
    expect(told()).to.deep.equal(['executed 4']);
    expect(given()).to.deep.equal(['1 send a', '2 send b']);
  });

  it('are put off by what the service takes and sends', () => {
    bench.entry('data 1 a', 'data 2 b');
    bench.pass(60);
    bench.service.channel(1).take(1);
    bench.pass(60);
    bench.service.channel(1).answer('x');
    bench.pass(60);
    expect(given()).to.deep.equal(['1 send a']);
    expect(bench.executor.nextDeadline()).to.equal(1220);
  });

  it('cannot be put off without end', () => {
    bench.entry('data 1 a', 'data 2 b');
    let answers = 0;
    for (; bench.service.calls.length < 2 && answers < 1000; answers += 1) {
      bench.service.channel(1).answer('x');
      bench.pass(10);
    }
    expect(answers).to.equal((gateTimeoutsPerTurnMax * 100) / 10 + 1);
  });

  it('let all others in until the late one has caught up', () => {
    bench.entry('data 1 a', 'data 2 b');
    bench.pass(200);
    bench.service.channel(2).finish();
    bench.entry('data 1 c', 'data 3 d');
    expect(given()).to.deep.equal(['1 send a', '2 send b', '1 send c', '3 send d']);
    bench.service.channel(3).finish();
    bench.service.channel(1).finish();
    bench.entry('data 1 e', 'data 3 f');
    expect(given()).to.deep.equal(['1 send e']);
    expect(told().filter((what) => what.startsWith('gate'))).to.deep.equal(['gate-timeout 1']);
  });

  it('start afresh with each turn', () => {
    bench.entry('data 1 a', 'data 2 b', 'data 3 c');
    bench.pass(90);
    bench.service.channel(1).finish();
    expect(bench.executor.nextDeadline()).to.equal(1190);
    bench.service.channel(2).finish();
    expect(bench.executor.nextDeadline()).to.equal(undefined);
  });

  it('include the time that a connection takes to open', () => {
    bench.entry('open 4', 'data 4 a', 'data 1 b');
    bench.pass(101);
    expect(given()).to.deep.equal(['4 connect', '4 send a', '1 send b']);
    expect(told()).to.deep.equal(['gate-timeout 4', 'executed 4']);
  });

  it('do not come before their time', () => {
    bench.entry('data 1 a', 'data 2 b');
    bench.executor.tick();
    bench.now += 99;
    bench.executor.tick();
    bench.executor.tick();
    expect(told()).to.deep.equal([]);
  });
});
