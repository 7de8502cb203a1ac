import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { LockstepError } from '@lockstep/contracts';
import { type ByteSocket, formatAddress, listenOn } from '@lockstep/sockets';
import { expect } from 'chai';
import { type LinkAddress, localAddressOf } from './link-address.js';
import { connectLink, isConnectionRefused, type LinkListener, listenForLinks } from './transport.js';
import { until } from './until.fixture.js';

const anyPort = { host: '127.0.0.1', port: 0 };

describe('what carries links', () => {
  const listeners: LinkListener[] = [];
  const sockets: ByteSocket[] = [];
  let accepted: ByteSocket[];

  beforeEach(() => (accepted = []));

  afterEach(() => {
    for (const listener of listeners.splice(0)) listener.close();
    for (const { stream } of [...accepted, ...sockets.splice(0)]) stream.destroy();
  });

  const listen = async (address: LinkAddress): Promise<LinkAddress> => {
    const onError = (error: Error): never => {
      throw error;
    };
    const listener = await listenForLinks(address, 'replica a', {
      onSocket: (socket) => accepted.push(socket),
      onError,
    });
    listeners.push(listener);
    return listener.bound;
  };

  const reach = (address: LinkAddress): Promise<ByteSocket> =>
    new Promise((resolve, reject) => {
      connectLink(address, {
        onConnected: (socket) => {
          sockets.push(socket);
          // What comes before anybody reads would be lost.
          socket.read(() => {});
          resolve(socket);
        },
        onFailed: reject,
      });
    });

  const failureOf = (attempt: Promise<unknown>): Promise<Error> =>
    attempt.then(
      () => {
        throw new Error('it did not fail');
      },
      (error: Error) => error,
    );

  /** By what the other side came, when it has come. */
  const carrier = async (): Promise<string> => {
    await until(() => accepted.length === 1);
    return accepted[0]!.stream.remoteAddress === undefined ? 'local' : 'tcp';
  };

  it('is no TCP between processes of one host', async function () {
    if (process.platform !== 'linux') return this.skip();
    const near = await reach(await listen(anyPort));
    expect(await carrier()).to.equal('local');
    const received: Buffer[] = [];
    accepted[0]!.read((bytes) => received.push(Buffer.from(bytes)));
    near.write([Buffer.from('over '), Buffer.alloc(300_000, 'x')]);
    await until(() => Buffer.concat(received).length === 300_005);
    expect(String(Buffer.concat(received))).to.equal(`over ${'x'.repeat(300_000)}`);
    near.stream.destroy();
    await until(() => accepted[0]!.stream.destroyed);
  });

  it('is TCP where the member says so', async () => {
    await reach(await listen({ ...anyPort, tcpOnly: true }));
    expect(await carrier()).to.equal('tcp');
  });

  it('is TCP where who calls says so', async () => {
    await reach({ ...(await listen(anyPort)), tcpOnly: true });
    expect(await carrier()).to.equal('tcp');
  });

  it('is not there where nobody listens, which is proof', async () => {
    const address = await listen(anyPort);
    listeners.pop()!.close();
    await new Promise(setImmediate);
    expect(isConnectionRefused(await failureOf(reach(address)))).to.equal(true);
    await listen(address);
    await reach(address);
  });

  it('says nothing of an attempt that was cancelled', async () => {
    const address = await listen(anyPort);
    const fail = (): never => expect.fail('it was cancelled');
    connectLink(address, { onConnected: fail, onFailed: fail })();
    await reach(address);
  });

  describe('when somebody else has the name of the local socket', () => {
    let other: Server | undefined;
    let address: LinkAddress;

    beforeEach(async function () {
      if (process.platform !== 'linux') return this.skip();
      other = createServer();
      address = await listenOn(other, anyPort, { purpose: 'a port that is free' });
      other.close();
      other = createServer();
      await listenOn(other, localAddressOf(address)!, { purpose: 'its name' });
    });

    afterEach(() => other?.close());

    it('does not listen at all, since that one would be taken for the member', async () => {
      const error = await failureOf(listen(address));
      expect(error).to.be.instanceOf(LockstepError);
      expect(error).to.include({ code: 'ERR_LOCKSTEP_ADDRESS_IN_USE', retryable: true });
      expect(error.message).to.contain(`unix:@lockstep-link-${formatAddress(address)}, the local socket of the link`);
    });

    it('has freed the port by then', async () => {
      await failureOf(listen(address));
      await listen({ ...address, tcpOnly: true });
    });
  });
});

describe('localAddressOf', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  const has = (address: LinkAddress): boolean => localAddressOf(address) !== undefined;

  it('is known for addresses of this host', () => {
    for (const host of ['localhost', '127.0.0.1', '::1']) expect(has({ host, port: 7400 }), host).to.equal(true);
    for (const { address: host } of Object.values(networkInterfaces()).flatMap((all) => all ?? []))
      expect(has({ host, port: 7400 }), host).to.equal(true);
  });

  it('is not known for addresses that others may have', () => {
    for (const host of ['203.0.113.1', 'kv-1.example', '2001:db8::1'])
      expect(has({ host, port: 7400 }), host).to.equal(false);
  });

  it('needs no less right than the port does', () => {
    expect(has({ host: '127.0.0.1', port: 1023 })).to.equal(false);
    expect(has({ host: '127.0.0.1', port: 1024 })).to.equal(true);
  });

  it('is of no use where there is a unix socket already, or TCP is wanted', () => {
    expect(has({ path: '/run/kv.link' })).to.equal(false);
    expect(has({ host: '127.0.0.1', port: 7400, tcpOnly: true })).to.equal(false);
  });

  it('is another one for each address', () => {
    const names = ['127.0.0.1:7400', '127.0.0.1:7401', '127.0.0.2:7400'].map((text) => {
      const [host, port] = text.split(':') as [string, string];
      return localAddressOf({ host, port: Number(port) })!.path;
    });
    expect(new Set(names).size).to.equal(3);
  });
});
