import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { judge } from '../client/detector.mjs';
import { JobQueue } from '../service/queue.mjs';
import { createJobServer } from '../service/server.mjs';

const MAIN = fileURLToPath(new URL('../client/main.mjs', import.meta.url));

/** Runs the client as a process. @returns {Promise<{ code: number, progress: object[], histories: object[] }>} */
async function runClient(port, words = [], onProgress = () => {}) {
  const child = spawn(process.execPath, [MAIN, '--port', `${port}`, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const progress = [];
  const histories = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.event === 'connection') histories.push(message.history);
    if (message.event === 'progress') onProgress(progress.push(message), child);
  });
  const [code] = await once(child, 'close');
  return { code, progress, histories };
}

describe('the client', () => {
  let servers;

  beforeEach(() => (servers = []));
  afterEach(() => Promise.all(servers.map((server) => server.close())));

  async function startService() {
    const queue = new JobQueue();
    const server = createJobServer(queue);
    servers.push(server);
    return { queue, port: await server.listen(0) };
  }

  /** A service that treats the lines of each connection as it is told to. */
  async function startFaultyService(serve) {
    let connections = 0;
    const server = createServer((socket) => {
      const connection = (connections += 1);
      let lines = 0;
      socket.on('error', () => {});
      createInterface({ input: socket }).on('line', () => {
        lines += 1;
        if (!socket.writableEnded) serve(socket, lines, connection);
      });
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return server.address().port;
  }

  it('submits all of its requests, over all of its connections, and remembers every one', async () => {
    const { queue, port } = await startService();
    const { code, histories, progress } = await runClient(port, ['--rate', '2000', '--requests', '999']);
    expect(code).to.equal(0);
    expect(histories.map((history) => history.number)).to.deep.equal([1, 2, 3, 4]);
    for (const { requests } of histories) expect(requests.length).to.be.within(249, 250);
    expect(progress.at(-1)).to.include({ sent: 999, replied: 999, waiting: 0 });
    expect(queue.jobs).to.have.length(999);
    const findings = judge(histories, [queue.jobs]);
    expect(findings).to.deep.include({
      requests: 999,
      lost: [],
      doubled: [],
      reordered: [],
      refused: [],
      failures: [],
    });
    expect(findings.longestStallMs).to.be.above(0);
  });

  it('keeps to its rate, and at SIGTERM waits for what it has asked', async () => {
    const { port } = await startService();
    const { code, histories, progress } = await runClient(port, ['--rate', '400'], (count, child) => {
      if (count === 4) child.kill('SIGTERM');
    });
    expect(code).to.equal(0);
    const sent = histories.flatMap(({ requests }) => requests.map(({ sentMs }) => sentMs)).sort((a, b) => a - b);
    const seconds = (sent.at(-1) - sent[0]) / 1000;
    expect(sent.length / seconds).to.be.within(320, 480);
    expect(progress.at(-1)).to.include({ sent: sent.length, replied: sent.length });
  });

  it('sees a connection that is closed, and goes on over the others', async () => {
    const port = await startFaultyService((socket, line, connection) => {
      socket.write(`OK ${line}\n`);
      if (connection === 1 && line === 5) socket.end();
    });
    const { histories } = await runClient(port, ['--rate', '1000', '--connections', '2', '--requests', '50']);
    const failures = histories.map((history) => history.failure).filter((failure) => failure !== null);
    expect(failures).to.deep.equal(['closed by the other side']);
    expect(histories.flatMap(({ requests }) => requests)).to.have.length(50);
    expect(Math.max(...histories.map(({ replies }) => replies.length))).to.be.above(25);
  });

  it('sees a connection that is reset', async () => {
    const port = await startFaultyService((socket) => socket.resetAndDestroy());
    const { histories } = await runClient(port, ['--connections', '1', '--requests', '1']);
    expect(histories[0].failure).to.contain('ECONNRESET');
    expect(histories[0].replies).to.deep.equal([]);
  });

  it('sees a reply that is cut short', async () => {
    const port = await startFaultyService((socket) => socket.end('OK'));
    const { histories } = await runClient(port, ['--connections', '1', '--requests', '1']);
    expect(histories[0].failure).to.equal('closed by the other side in the middle of a reply');
  });

  it('sees that nobody is there', async () => {
    const port = await startFaultyService(() => {});
    await new Promise((resolve) => servers.pop().close(resolve));
    const { histories } = await runClient(port, ['--connections', '1', '--requests', '1']);
    expect(histories[0].failure).to.contain('ECONNREFUSED');
  });

  it('measures a stall', async () => {
    const stallMs = 300;
    const port = await startFaultyService((socket, line) => {
      setTimeout(() => socket.write(`OK ${line}\n`), line < 5 ? 0 : stallMs);
    });
    const { progress, histories } = await runClient(port, ['--connections', '1', '--requests', '10']);
    const jobs = histories[0].requests.map(({ name }, index) => ({ id: index + 1, name }));
    for (const longestStallMs of [progress.at(-1).longestStallMs, judge(histories, [jobs]).longestStallMs]) {
      expect(longestStallMs).to.be.within(stallMs - 5, stallMs + 2_000);
    }
  });

  it('explains itself when it is asked for nonsense', async () => {
    const child = spawn(process.execPath, [MAIN, '--port', '1', '--rate', 'fast'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exit = once(child, 'exit');
    expect(String((await once(child.stderr, 'data'))[0]))
      .to.contain('--rate is a whole number')
      .and.contain('usage:');
    expect(await exit).to.deep.equal([2, null]);
  });
});
