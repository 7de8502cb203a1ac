import { expect } from 'chai';
import type { Socket } from 'node:net';
import type { ManagedService } from './managed-service.js';
import { listening, ServiceBench } from './service-bench.fixture.js';

describe('ManagedService.confirmAlive', () => {
  let bench: ServiceBench;

  beforeEach(() => {
    bench = new ServiceBench();
  });

  afterEach(() => bench.close());

  it('is never fooled by a service that is killed', async () => {
    const answers: boolean[] = [];
    const killAgainAndAgain = async (own: ServiceBench): Promise<void> => {
      for (let life = 0; life < 25; life += 1) {
        const service = own.service(listening('c.resume()'));
        await service.start();
        answers.push(await answerAtClose(own, service, () => process.kill(service.pid ?? 0, 'SIGKILL')));
        await service.stop();
      }
    };
    await Promise.all([killAgainAndAgain(bench), killAgainAndAgain(new ServiceBench())]);
    expect(answers).to.deep.equal(Array.from({ length: 50 }, () => false));
  }).timeout(60_000);

  const deaths: [how: string, onConnection: string][] = [
    ['ends itself', 'c.once("data", () => process.exit(1))'],
    ['throws', 'c.once("data", () => { throw new Error("a bug") })'],
    ['runs into a signal', 'c.once("data", () => process.abort())'],
  ];
  for (const [how, onConnection] of deaths) {
    it(`is not fooled by a service that ${how}`, async () => {
      for (let life = 0; life < 5; life += 1) {
        const service = bench.service(listening(onConnection));
        await service.start();
        expect(await answerAtClose(bench, service, (socket) => socket.write('x'))).to.equal(false);
        await service.stop();
      }
    });
  }

  it('stands by a service that only closes its connections', async () => {
    const service = bench.service(listening('c.once("data", () => c.destroy())'));
    await service.start();
    for (let connection = 0; connection < 50; connection += 1) {
      expect(await answerAtClose(bench, service, (socket) => socket.write('x'))).to.equal(true);
    }
  });

  it('looks a second time, at the same life of the service', async () => {
    const service = bench.service(listening());
    expect(await service.confirmAlive(), 'before the start').to.equal(false);
    await service.start();
    const answer = service.confirmAlive();
    await service.stop();
    expect(await answer).to.equal(false);
  });
});

/** Has a new connection closed, and asks in the very moment in which the close is seen. */
async function answerAtClose(
  bench: ServiceBench,
  service: ManagedService,
  close: (socket: Socket) => void,
): Promise<boolean> {
  const socket = await bench.connect();
  const closed = new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  socket.resume();
  close(socket);
  await closed;
  return service.confirmAlive();
}
