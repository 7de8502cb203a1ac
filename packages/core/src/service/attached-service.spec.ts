import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { AttachedService } from './attached-service.js';
import { connectReadyProbe, type ReadyProbe } from './ready-probe.js';
import { RecordingLogger } from './recording-logger.fixture.js';
import { failureOf, until } from './service-bench.fixture.js';

describe('AttachedService', () => {
  let logger: RecordingLogger;
  let server: Server;
  let port: number;
  let probe: ReadyProbe;
  let service: AttachedService;

  beforeEach(async () => {
    logger = new RecordingLogger();
    port = 0;
    await bringUp();
    probe = connectReadyProbe(`127.0.0.1:${port}`);
    service = new AttachedService(probe, logger);
  });

  afterEach(async () => {
    await service.stop();
    if (server.listening) await takeDown();
  });

  async function bringUp(): Promise<void> {
    server = createServer((socket) => socket.on('error', () => undefined).resume());
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  async function takeDown(): Promise<void> {
    server.close();
    await once(server, 'close');
  }

  it('finds a service that is there, and cannot know whether it is fresh', async () => {
    await service.start();
    expect([service.fresh, service.pid]).to.deep.equal([false, null]);
    expect(await service.confirmAlive()).to.equal(true);
    expect(logger.lines).to.deep.equal([]);
  });

  it('waits for a service that is not there yet, and knows that it is fresh', async () => {
    await takeDown();
    const start = service.start();
    await until('it says so', () => logger.lines.length > 0);
    expect(logger.messages).to.deep.equal([`Waiting for the service at ${probe.address}: start it.`]);
    await bringUp();
    await start;
    expect(service.fresh).to.equal(true);
  });

  it('tells once that the service is lost, and then takes its successor for fresh', async () => {
    let exits = 0;
    service.onExit((exit) => {
      expect(exit).to.deep.equal({ code: null, signal: null });
      exits += 1;
    });
    await service.start();
    await takeDown();
    expect(await Promise.all([service.confirmAlive(), service.confirmAlive()])).to.deep.equal([false, false]);
    expect(await service.confirmAlive()).to.equal(false);
    expect(exits).to.equal(1);
    await bringUp();
    await service.start();
    expect([service.fresh, await service.confirmAlive()]).to.deep.equal([true, true]);
  });

  it('says that a service which it has used must be restarted, and waits for it', async () => {
    await service.start();
    await service.stop();
    const start = service.start();
    await until('it says so', () => logger.lines.length > 0);
    expect(logger.lines[0]).to.deep.include({
      level: 'error',
      fields: { address: probe.address, code: 'ERR_LOCKSTEP_SERVICE_START' },
    });
    await takeDown();
    await until('it has seen that', () => logger.messages.some((message) => message.startsWith('Waiting')));
    await bringUp();
    await start;
    expect(service.fresh).to.equal(true);
  });

  it('stops waiting when it is told to', async () => {
    await takeDown();
    const start = failureOf(service.start());
    await until('it waits', () => logger.lines.length > 0);
    await service.stop();
    expect(await start).to.include({ code: 'ERR_LOCKSTEP_SERVICE_START' });
    await bringUp();
    await service.start();
  });

  it('does not take a shortage of this host for the end of the service', async () => {
    let asked = 0;
    const short: ReadyProbe = {
      address: 'here',
      probe() {
        asked += 1;
        const shortage = new Error('cannot connect', { cause: Object.assign(new Error(), { code: 'EMFILE' }) });
        return asked === 2 ? Promise.reject(shortage) : Promise.resolve();
      },
    };
    const attached = new AttachedService(short, logger);
    await attached.start();
    expect(await attached.confirmAlive()).to.equal(true);
    expect(asked).to.equal(3);
    expect(logger.messages).to.deep.equal(['the service cannot be asked: this host is short']);
  });
});
