import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { childrenOf, isGone, listening, nodeCommand, ServiceBench, until } from './service-bench.fixture.js';

const modules = new URL('.', import.meta.url).href;

/** A process that runs a managed service, as a service interceptor does, and prints its pid. */
const host = `
  import { ManagedService } from '${modules}managed-service.js';
  let isReady = false;
  const logger = { info: (_, message) => (isReady ||= message.startsWith('port')), warn() {} };
  const ready = { address: 'any', probe: () => (isReady ? Promise.resolve() : Promise.reject(new Error())) };
  const limits = { readyTimeoutMs: 9000, stopTimeoutMs: 9000 };
  const service = new ManagedService(
    { run: process.argv[1], directory: '/', environment: {}, ready, ...limits }, logger);
  await service.start();
  console.log(service.pid);
`;

describe('ServiceGuard', () => {
  let interceptor: ChildProcess | undefined;

  afterEach(() => interceptor?.kill('SIGKILL'));

  /** Starts the host; resolves to the service, its offspring and the guard. */
  async function startHost(): Promise<number[]> {
    const offspring = 'require("child_process").spawn("sleep", ["1000"]);';
    const program = nodeCommand(`process.on("SIGTERM", () => {});${offspring}${listening()}`);
    interceptor = spawn(process.execPath, ['--input-type=module', '-e', host, program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (!interceptor.stdout) throw new Error('no output');
    const [line] = (await once(createInterface(interceptor.stdout), 'line')) as [string];
    const children = childrenOf(interceptor.pid ?? 0);
    expect(children, 'the service and its guard').to.have.lengthOf(2).and.include(Number(line));
    const family = [...children, ...childrenOf(Number(line))];
    expect(family).to.have.lengthOf(3);
    return family;
  }

  it('takes the service with it when the interceptor is killed, and leaves nothing behind', async () => {
    const family = await startHost();
    interceptor?.kill('SIGKILL');
    await until('all are gone', () => family.every(isGone));
  });

  it('does so too when the interceptor was stopped before it was killed', async () => {
    const family = await startHost();
    interceptor?.kill('SIGSTOP');
    interceptor?.kill('SIGKILL');
    await until('all are gone', () => family.every(isGone));
  });

  it('does not heed the signals that a terminal or a shutdown sends around', async () => {
    const family = await startHost();
    const [guard = 0] = childrenOf(interceptor?.pid ?? 0).filter((pid) => !childrenOf(pid).length);
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGQUIT']) process.kill(guard, signal);
    interceptor?.kill('SIGKILL');
    await until('all are gone', () => family.every(isGone));
  });

  it('ends the service when it is killed itself: nothing runs unguarded', async () => {
    const bench = new ServiceBench();
    const service = bench.service(listening());
    const exit = new Promise((resolve) => service.onExit(resolve));
    await service.start();
    const [guard = 0] = childrenOf(process.pid).filter((pid) => pid !== service.pid);
    process.kill(guard, 'SIGKILL');
    expect(await exit).to.deep.equal({ code: null, signal: 'SIGKILL' });
    expect(bench.logger.messages).to.include('the guard of the service is gone: ending the service too');
    await bench.close();
  });
});
