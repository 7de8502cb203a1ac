import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { LINE_BYTES_MAX } from '../service/line-reader.mjs';
import { JobQueue } from '../service/queue.mjs';
import { createJobServer } from '../service/server.mjs';

const MAIN = fileURLToPath(new URL('../service/main.mjs', import.meta.url));

describe('the server', () => {
  let server;
  let port;
  let queue;

  beforeEach(async () => {
    queue = new JobQueue();
    server = createJobServer(queue);
    port = await server.listen(0);
  });

  afterEach(() => server.close());

  function open() {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    socket.setEncoding('latin1');
    return socket;
  }

  async function readToEnd(socket) {
    let text = '';
    socket.on('data', (more) => (text += more));
    socket.resume();
    await once(socket, 'end');
    return text;
  }

  it('answers pipelined requests in order', async () => {
    const socket = open();
    socket.end('SUBMIT a\r\nSUBMIT b\nRUN\nCOUNT\n');
    expect(await readToEnd(socket)).to.equal('OK 1\nOK 2\nOK 1 a\nOK 1 1 0\n');
  });

  it('writes the replies to one read at once', async () => {
    const socket = open();
    socket.write('RUN\n'.repeat(100));
    const [first] = await once(socket, 'data');
    expect(first).to.equal('EMPTY\n'.repeat(100));
    socket.destroy();
  });

  it('answers requests that come byte by byte', async () => {
    const socket = open();
    for (const byte of 'SUBMIT a\r\nRUN\n') {
      await new Promise((resolve) => socket.write(byte, resolve));
    }
    socket.end();
    expect(await readToEnd(socket)).to.equal('OK 1\nOK 1 a\n');
  });

  it('answers everything after a half-close, and takes an unterminated last line for no request', async () => {
    const socket = open();
    socket.end(`${'SUBMIT a\n'.repeat(5_000)}SUBMIT cut`);
    const lines = (await readToEnd(socket)).split('\n');
    expect(lines.slice(-3)).to.deep.equal(['OK 4999', 'OK 5000', '']);
    expect(queue.jobs).to.have.length(5_000);
  });

  it('closes at QUIT, and ignores what follows it', async () => {
    const socket = open();
    socket.write('SUBMIT a\nQUIT\nSUBMIT b\n');
    expect(await readToEnd(socket)).to.equal('OK 1\nOK bye\n');
    await new Promise((resolve) => socket.end('SUBMIT c\n', resolve));
    await once(socket, 'close');
    expect(queue.jobs).to.have.length(1);
  });

  it('refuses an over-long line, after the replies to what came before it, and closes', async () => {
    const socket = open();
    socket.write(`SUBMIT a\n${'x'.repeat(LINE_BYTES_MAX + 1)}\nSUBMIT b\n`);
    expect(await readToEnd(socket)).to.equal('OK 1\nERR line longer than 1024 bytes\n');
    socket.end();
    await once(socket, 'close');
    expect(queue.jobs).to.have.length(1);
  });

  it('holds back a client that does not read, and answers all when it does', async () => {
    for (let id = 1; id <= 10_000; id += 1) queue.submit(`a-job-with-a-rather-long-name-${id}`);
    const socket = open();
    socket.pause();
    const listings = 200;
    socket.end('LIST\n'.repeat(listings));
    const other = open();
    other.end('COUNT\n');
    expect(await readToEnd(other)).to.equal('OK 10000 0 0\n');
    const ends = (await readToEnd(socket)).match(/^END$/gm).length;
    expect(ends).to.equal(listings);
  });

  it('survives a reset', async () => {
    const socket = open();
    socket.write('SUBMIT a\n');
    await once(socket, 'data');
    socket.resetAndDestroy();
    const other = open();
    other.end('COUNT\n');
    expect(await readToEnd(other)).to.equal('OK 1 0 0\n');
  });

  it('serves many connections from one queue', async () => {
    const sockets = Array.from({ length: 50 }, open);
    for (const socket of sockets) socket.end('SUBMIT a\n'.repeat(20));
    const replies = await Promise.all(sockets.map(readToEnd));
    const ids = replies.flatMap((text) => text.match(/\d+/g).map(Number));
    expect(new Set(ids).size).to.equal(1_000);
    for (const text of replies) {
      const own = text.match(/\d+/g).map(Number);
      expect(own).to.deep.equal([...own].sort((a, b) => a - b));
    }
  });
});

describe('the service as a process', () => {
  function start(...words) {
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');
    return child;
  }

  it('says where it listens, serves, and ends cleanly at SIGTERM with connections open', async () => {
    const child = start('--port', '0');
    const [line] = await once(child.stdout, 'data');
    const [, port] = /^listening on 127\.0\.0\.1:(\d+)\n$/.exec(line);
    const socket = connect({ port: Number(port), host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write('COUNT\n');
    expect(String((await once(socket, 'data'))[0])).to.equal('OK 0 0 0\n');
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).to.deep.equal([0, null]);
  });

  it('says that a port is taken, and ends with 1', async () => {
    const server = createJobServer(new JobQueue());
    const port = await server.listen(0);
    const child = start('--port', String(port));
    const exit = once(child, 'exit');
    const [message] = await once(child.stderr, 'data');
    expect(message).to.contain(`cannot listen on 127.0.0.1:${port}`);
    expect(await exit).to.deep.equal([1, null]);
    await server.close();
  });

  for (const words of [[], ['--port', 'x'], ['--port', '65536'], ['--prot', '1']]) {
    it(`explains itself for ${JSON.stringify(words.join(' '))}, and ends with 2`, async () => {
      const child = start(...words);
      const exit = once(child, 'exit');
      const [message] = await once(child.stderr, 'data');
      expect(message).to.contain('usage: node service/main.mjs --port N');
      expect(await exit).to.deep.equal([2, null]);
    });
  }
});
