import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { LoadConnection } from './load-connection.js';

describe('bench: connections of clients', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => server.close());

  /** A connection, and the other end of it. */
  async function open(): Promise<{ readonly connection: LoadConnection; readonly service: Socket }> {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const connection = await LoadConnection.open({ host: '127.0.0.1', port });
    const [service] = await accepted;
    return { connection, service };
  }

  it('take each batch for answered when all of its answer has come, in whatever pieces', async () => {
    const { connection, service } = await open();
    connection.expect(Buffer.from('0123'));
    const answered: string[] = [];
    connection.ask(Buffer.from('one'), () => answered.push('one'));
    const both = new Promise<void>((resolve) => {
      connection.ask(Buffer.from('two'), () => {
        answered.push('two');
        resolve();
      });
    });
    expect(connection.isIdle).to.equal(false);
    service.write('012');
    service.write('30123');
    await both;
    expect(answered).to.deep.equal(['one', 'two']);
    expect(connection.isIdle).to.equal(true);
    connection.close();
  });

  it('are refused where nobody listens', async () => {
    server.close();
    await once(server, 'close');
    const refused = await LoadConnection.open({ host: '127.0.0.1', port }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
  });
});
