import { expect } from 'chai';
import { RecordedOutput } from '../recorded-output.fixture.js';
import { SupervisedProcess } from './supervised-process.js';

/** A supervised run of a piece of JavaScript; what it tells is recorded, a line for each event. */
function supervise(script: string, restarts = true) {
  const record = new RecordedOutput();
  const supervised = new SupervisedProcess(process.execPath, ['--eval', script], restarts, {
    onStarted: (pid) => record.write(`started ${pid}\n`),
    onLine: (line) => record.write(`line ${line}\n`),
    onMessage: (message) => record.write(`message ${JSON.stringify(message)}\n`),
    onEnded: ({ code, signal }, restartInMs) => record.write(`ended ${code} ${signal} ${restartInMs}\n`),
  });
  return { supervised, record };
}

const untilTold = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => 0, 1000); console.log('ready');";

describe('SupervisedProcess', () => {
  it('passes lines and messages on', async () => {
    const { supervised, record } = supervise(`process.send({ a: 1 }); console.error('to stderr'); ${untilTold}`);
    supervised.start();
    await Promise.all([record.until(/message {"a":1}/), record.until(/line to stderr/), record.until(/line ready/)]);
    expect(record.text).to.match(new RegExp(`^started ${supervised.pid}\n`));
    expect(await supervised.stop(5000)).to.deep.equal({ code: 0, signal: null });
    expect(record.text).not.to.include('ended');
  });

  it('passes on what it wrote last, whether it was told to end or not', async () => {
    const lines = 2000;
    // In one call, and less than a pipe holds: so the process ends right behind it.
    const talking = `require('fs').writeSync(1, Array.from({ length: ${lines} }, (_, i) => 'last ' + (i + 1) + '\\n').join(''));`;
    const told = supervise(
      `process.on('SIGTERM', () => { ${talking} process.exit(0); }); setInterval(() => 0, 1000); console.log('ready');`,
    );
    told.supervised.start();
    await told.record.until(/ready/);
    await told.supervised.stop(5000);
    expect(told.record.lines.at(-1)).to.equal(`line last ${lines}`);
    const untold = supervise(`${talking} process.exit(2);`);
    untold.supervised.start();
    await untold.record.until(/ended 2/);
    await untold.supervised.stop(5000);
    expect(untold.record.text).to.include(`line last ${lines}\n`);
  });

  it('does not wait for the end of its output for ever', async () => {
    const { supervised, record } = supervise(
      `const holder = require('child_process').spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' });
      console.log('held by ' + holder.pid); ${untilTold}`,
    );
    supervised.start();
    await record.until(/ready/);
    await supervised.stop(5000);
    const holder = Number(/held by (\d+)/.exec(record.text)![1]);
    expect(process.kill(holder, 'SIGKILL'), 'it is still there').to.equal(true);
  });

  it('starts it again when it was killed', async () => {
    const { supervised, record } = supervise(untilTold);
    supervised.start();
    await record.until(/ready/);
    process.kill(supervised.pid ?? 0, 'SIGKILL');
    await record.until(/ended null SIGKILL 500\nstarted \d+\nline ready\n$/);
    await supervised.stop(5000);
  });

  it('lets it lie when it is told to, or when the configuration is wrong', async () => {
    const once = supervise('process.exit(1)', false);
    once.supervised.start();
    await once.record.until(/ended 1 null undefined/);
    const hopeless = supervise('process.exit(2)');
    hopeless.supervised.start();
    await hopeless.record.until(/ended 2 null undefined/);
    expect(await hopeless.supervised.stop(5000)).to.equal(undefined);
  });

  it('kills what does not end when it is told to', async () => {
    const { supervised, record } = supervise(
      "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000); console.log('ready');",
    );
    supervised.start();
    await record.until(/ready/);
    expect(await supervised.stop(50)).to.deep.equal({ code: null, signal: 'SIGKILL' });
  });

  it('says that a program cannot be started', async () => {
    const record = new RecordedOutput();
    const supervised = new SupervisedProcess('/nowhere/node', [], false, {
      onStarted: () => record.write('started\n'),
      onLine: (line) => record.write(`${line}\n`),
      onMessage: () => undefined,
      onEnded: ({ code, signal }) => record.write(`ended ${code} ${signal}\n`),
    });
    supervised.start();
    await record.until(/^cannot be started: .*ENOENT\nended null null\n$/);
  });
});
