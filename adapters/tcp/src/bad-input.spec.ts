import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectTcpPeer,
  pattern,
  pieces,
  serveTcpPeers,
  turns,
  until,
  type Peer,
  type TestService,
} from '@lockstep/testkit';
import { expect } from 'chai';
import { Relay } from './relay.fixture.js';

for (const place of ['ports', 'unix sockets'] as const) {
  describe(`TCP over ${place}, bad input: the same byte stream, the same kind of close`, () => {
    /** A unix socket knows no reset: there it is a close. */
    const brokenAs = place === 'ports' ? 'reset' : 'ended';
    let folder: string;
    let service: TestService;
    let relay: Relay;
    let address: string;
    const clients: Peer[] = [];

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
      const [servicePath, listenAddress] =
        place === 'ports' ? [] : [join(folder, 'service.sock'), `unix:${join(folder, 'client.sock')}`];
      service = await serveTcpPeers(servicePath);
      relay = new Relay(service.address, listenAddress);
      address = await relay.listen();
    });

    afterEach('nothing is left open', async () => {
      for (const client of clients.splice(0)) client.reset();
      await service.close();
      await until('all channels are closed', () => relay.openChannels === 0);
      await relay.close();
      expect(readdirSync(folder)).to.deep.equal([]);
      rmSync(folder, { recursive: true });
    });

    async function open(): Promise<{ client: Peer; server: Peer }> {
      const client = await connectTcpPeer(address);
      clients.push(client);
      return { client, server: await service.accept() };
    }

    it('every byte value, in one-byte writes', async () => {
      const { client, server } = await open();
      const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
      for (const byte of pieces(bytes, 1)) {
        client.write(byte);
        await turns(1);
      }
      await until('all bytes have arrived', () => server.receivedBytes === 256);
      expect(Buffer.compare(server.received, bytes)).to.equal(0);
    });

    it('half-close by the client, then the answer', async () => {
      const { client, server } = await open();
      client.write(Buffer.from('question'));
      client.end();
      await until('the end has arrived', () => server.incoming === 'ended');
      expect(Buffer.from(server.received).toString()).to.equal('question');
      server.write(pattern(3_000_000));
      server.end();
      await until('the answer has arrived', () => client.incoming === 'ended');
      expect(Buffer.compare(client.received, pattern(3_000_000))).to.equal(0);
    });

    it('the service closes first, and the client still sends', async () => {
      const { client, server } = await open();
      server.write(Buffer.from('bye'));
      server.end();
      await until('the end has arrived', () => client.incoming === 'ended');
      client.write(pattern(1_000_000));
      client.end();
      await until('the rest has arrived', () => server.incoming === 'ended');
      expect(Buffer.from(client.received).toString()).to.equal('bye');
      expect(Buffer.compare(server.received, pattern(1_000_000))).to.equal(0);
    });

    it('a reset instead of an end, by the client', async () => {
      const { client, server } = await open();
      client.write(Buffer.from('half a que'));
      await until('the bytes have arrived', () => server.receivedBytes === 10);
      client.reset();
      await until('it is over', () => server.incoming !== 'open');
      expect(server.incoming).to.equal(brokenAs);
    });

    it('a reset instead of an end, by the service', async () => {
      const { client, server } = await open();
      server.write(Buffer.from('half an ans'));
      await until('the bytes have arrived', () => client.receivedBytes === 11);
      server.reset();
      await until('it is over', () => client.incoming !== 'open');
      expect(client.incoming).to.equal(brokenAs);
    });

    it('a reset after a half-close, by the client', async () => {
      const { client, server } = await open();
      client.write(Buffer.from('question'));
      client.end();
      await until('the end has arrived', () => server.incoming === 'ended');
      client.reset();
      // Who does not read learns of a reset when he writes.
      await until('it is over', () => {
        server.write(Buffer.from('answer'));
        return server.incoming === 'reset';
      });
    });

    it('a reset after a half-close, by the service', async () => {
      const { client, server } = await open();
      server.write(Buffer.from('bye'));
      server.end();
      await until('the end has arrived', () => client.incoming === 'ended');
      server.reset();
      await until('it is over', () => {
        client.write(Buffer.from('question'));
        return client.incoming === 'reset';
      });
    });

    it('a client that connects and stays idle harms nobody', async () => {
      const idle = await open();
      const { client, server } = await open();
      client.write(Buffer.from('question'));
      await until('the question has arrived', () => server.receivedBytes === 8);
      expect(idle.server.incoming).to.equal('open');
      idle.client.end();
      client.end();
      await until('both have ended', () => idle.server.incoming === 'ended' && server.incoming === 'ended');
    });

    it('a client that never reads holds up only the service that answers it', async () => {
      const stuck = await open();
      stuck.client.pause();
      stuck.server.write(new Uint8Array(64 * 1024 * 1024));
      const { client, server } = await open();
      server.write(pattern(5_000_000));
      await until('the other client has its answer', () => client.receivedBytes === 5_000_000);
      expect(stuck.server.pendingBytes).to.be.greaterThan(0);
    });

    it('a service that never reads holds up only its client', async () => {
      const stuck = await open();
      stuck.server.pause();
      stuck.client.write(new Uint8Array(64 * 1024 * 1024));
      const { client, server } = await open();
      client.write(pattern(5_000_000));
      await until('the other request has arrived', () => server.receivedBytes === 5_000_000);
      expect(stuck.client.pendingBytes).to.be.greaterThan(0);
    });

    it('10,000 short connections, each way of closing', async function () {
      this.timeout(60_000);
      const total = 10_000;
      const atOnce = 50;
      for (let done = 0; done < total; done += atOnce)
        await Promise.all(Array.from({ length: atOnce }, shortConnection));
      await until('all channels are closed', () => relay.openChannels === 0);

      async function shortConnection(_: unknown, index: number): Promise<void> {
        const client = await connectTcpPeer(address);
        client.write(Uint8Array.of(index));
        if (index % 3 === 0) client.end();
        else if (index % 3 === 1) client.reset();
        const server = await service.accept();
        if (index % 3 === 2) server.end();
        await until('one side has ended', () => server.incoming !== 'open' || client.incoming !== 'open');
        client.end();
        server.end();
      }
    });
  });
}
