import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connectTcpPeer, until, type Peer } from '@lockstep/testkit';
import { expect } from 'chai';

const socketsUrl = import.meta.resolve('@lockstep/sockets');
const faceUrl = new URL('./tcp-client-face.js', import.meta.url).href;

/** Serves an echo through a client face. */
const program = `
  const { parseAddress } = await import(${JSON.stringify(socketsUrl)});
  const { TcpClientFace } = await import(${JSON.stringify(faceUrl)});
  const logger = { warn: () => console.error('warned') };
  const face = new TcpClientFace(parseAddress('127.0.0.1:0'), logger);
  const address = await face.listen((channel) => channel.bind({
    onSegment: (segment) => channel.send(segment), onEnd: () => channel.end(),
    onReset() {}, onTaken() {}, onClosed() {},
  }));
  console.log(address);
`;

describe('TCP, out of descriptors', () => {
  let child: ChildProcess;

  afterEach(() => {
    child.kill('SIGKILL');
  });

  it('F17: refuses new clients, keeps those it has, and accepts again when there is room', async () => {
    const script = 'ulimit -n 64 && exec "$0" --input-type=module -e "$1"';
    child = spawn('sh', ['-c', script, process.execPath, program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const address = line.toString().trim();
    const first = await connectTcpPeer(address);
    const others = await Promise.all(Array.from({ length: 100 }, () => connectTcpPeer(address)));
    await until('some are refused', () => others.some(({ incoming }) => incoming !== 'open'));
    await expectEcho(first);
    for (const peer of others) peer.reset();
    await expectService(address);
    expect(child.exitCode).to.equal(null);
    first.reset();
  });

  async function expectEcho(peer: Peer): Promise<void> {
    const before = peer.receivedBytes;
    peer.write(Buffer.from('hello'));
    await until('the echo has come', () => peer.receivedBytes === before + 5 || peer.incoming !== 'open');
    expect(peer.receivedBytes).to.equal(before + 5);
  }

  /** Room comes when the program has seen the others' resets. */
  async function expectService(address: string): Promise<void> {
    for (;;) {
      const peer = await connectTcpPeer(address);
      peer.write(Buffer.from('hello'));
      await until('an answer or a refusal has come', () => peer.receivedBytes === 5 || peer.incoming !== 'open');
      if (peer.receivedBytes === 5) {
        peer.reset();
        return;
      }
    }
  }
});
