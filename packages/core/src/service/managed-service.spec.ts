import { expect } from 'chai';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { LockstepError } from '@lockstep/contracts';
import { connectReadyProbe } from './ready-probe.js';
import { failureOf, isGone, listening, ServiceBench, until } from './service-bench.fixture.js';
import type { ServiceExit } from './service-process.js';

/** Starts a process of its own that would live on, and says which. */
const withOffspring = `
  const p = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  console.log("offspring " + p.pid);`;

describe('ManagedService', () => {
  let bench: ServiceBench;

  beforeEach(() => {
    bench = new ServiceBench();
  });

  afterEach(() => bench.close());

  it('runs the command in its folder, with its environment, and logs what it writes', async () => {
    const program = `console.log(process.cwd(), process.env.TZ, process.env.COLOUR); console.error("to stderr");`;
    const service = bench.service(program + listening(), { directory: tmpdir(), environment: { COLOUR: 'blue' } });
    await service.start();
    await until('both lines are logged', () => bench.logger.messages.includes('to stderr'));
    const [first] = bench.logger.lines;
    expect(first).to.deep.equal({
      level: 'info',
      fields: { pid: service.pid, stream: 'stdout' },
      message: `${tmpdir()} UTC blue`,
    });
  });

  it('is the very process that it says, in a session of its own', async () => {
    const service = bench.service(`console.log("pid " + process.pid);${listening()}`);
    await service.start();
    const { pid } = service;
    expect(pid).to.equal(bench.logger.numberAfter('pid'));
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    expect(fields.slice(2, 4).map(Number), 'process group and session').to.deep.equal([pid, pid]);
  });

  it('tells at once that the service was killed, and takes what it left behind with it', async () => {
    const service = bench.service(withOffspring + listening());
    const exit = exitOf(service);
    await service.start();
    process.kill(service.pid ?? 0, 'SIGKILL');
    expect(await exit).to.deep.equal({ code: null, signal: 'SIGKILL' });
    expect(service.pid).to.equal(null);
    await until('the offspring is gone', () => isGone(bench.logger.numberAfter('offspring')));
  });

  it('tells the exit code, and starts again', async () => {
    const service = bench.service(listening('c.on("data", () => process.exit(3))'));
    for (let life = 0; life < 2; life += 1) {
      const exit = exitOf(service);
      await service.start();
      (await bench.connect()).write('go');
      expect(await exit).to.deep.equal({ code: 3, signal: null });
    }
    expect(bench.logger.messages).to.include('the service ended by itself: exit code 3');
  });

  describe('stop', () => {
    it('lets the service end in its own way, and tells nobody', async () => {
      const program = `process.on("SIGTERM", () => { console.log("bye"); process.exit(); });${listening()}`;
      const service = bench.service(program);
      let exits = 0;
      service.onExit(() => (exits += 1));
      await service.start();
      const { pid } = service;
      await Promise.all([service.stop(), service.stop()]);
      expect(bench.logger.messages).to.include('bye');
      expect([isGone(pid), exits]).to.deep.equal([true, 0]);
    });

    it('kills a service that does not end, with its offspring', async () => {
      const program = `process.on("SIGTERM", () => console.log("no"));${withOffspring}${listening()}`;
      const service = bench.service(program, { stopTimeoutMs: 50 });
      await service.start();
      const { pid } = service;
      await service.stop();
      expect(bench.logger.messages).to.include('no');
      expect(isGone(pid)).to.equal(true);
      await until('the offspring is gone', () => isGone(bench.logger.numberAfter('offspring')));
    });

    it('ends a start that is under way', async () => {
      const service = bench.service('setInterval(() => {}, 1000)');
      const start = failureOf(service.start());
      await until('the process runs', () => service.pid !== null);
      const { pid } = service;
      await service.stop();
      expect(await start).to.include({ code: 'ERR_LOCKSTEP_SERVICE_START' });
      expect(isGone(pid)).to.equal(true);
    });

    it('leaves the service startable, at once', async () => {
      const service = bench.service(listening());
      await service.start();
      const { pid } = service;
      await service.stop();
      await service.start();
      expect(service.pid).to.be.a('number').not.equal(pid);
    });
  });

  describe('a start that fails', () => {
    it('says how the service ended, and its last words', async () => {
      const error = await failureOf(
        bench.service('console.error("no such file: a.conf"); process.exitCode = 4').start(),
      );
      expect(error).to.be.instanceOf(LockstepError);
      expect(error.code).to.equal('ERR_LOCKSTEP_SERVICE_START');
      expect(error.message).to.match(/before it was ready: exit code 4\..*foreground.*\nno such file: a\.conf$/s);
    });

    it('says that there is no such program', async () => {
      const error = await failureOf(bench.service('', { run: 'no-such-program' }).start());
      expect(error.message).to.match(/exit code 127.*no-such-program: not found/s);
    });

    it('says that there is no such folder', async () => {
      const error = await failureOf(bench.service(listening(), { directory: '/no/such/folder' }).start());
      expect(error.code).to.equal('ERR_LOCKSTEP_SERVICE_START');
      expect(error.message).to.include('/no/such/folder');
    });

    it('says that the service did not become ready, and leaves nothing behind', async () => {
      const service = bench.service('setInterval(() => {}, 1000)', { readyTimeoutMs: 100 });
      const start = failureOf(service.start());
      await until('the process runs', () => service.pid !== null);
      const { pid } = service;
      expect((await start).message).to.match(/did not accept connections at the printed port within 100 ms/);
      expect([isGone(pid), service.pid]).to.deep.equal([true, null]);
    });

    it('names the address where somebody else answers', async () => {
      const stranger = createServer().listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      const ready = connectReadyProbe(`127.0.0.1:${(stranger.address() as AddressInfo).port}`);
      const error = await failureOf(bench.service(listening(), { ready }).start());
      stranger.close();
      expect(error.code).to.equal('ERR_LOCKSTEP_ADDRESS_IN_USE');
      expect(error.message).to.include(ready.address);
    });
  });
});

function exitOf(service: { onExit(listener: (exit: ServiceExit) => void): void }): Promise<ServiceExit> {
  return new Promise((resolve) => service.onExit(resolve));
}
