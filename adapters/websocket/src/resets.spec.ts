import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { acceptKey } from './accept-key.js';
import { AcceptingFace } from './accepting-face.fixture.js';
import { createServiceFace } from './conversations.fixture.js';
import { frame, opcodes } from './raw-client.fixture.js';
import { UnitRecorder } from './unit-recorder.fixture.js';

describe('WebSocket, a client that resets its connection', () => {
  let face: AcceptingFace;

  beforeEach(async () => {
    face = new AcceptingFace();
    await face.listen();
  });

  afterEach(() => face.close());

  it('is noticed right behind its last message', async () => {
    const { client, connection } = await face.converse();
    client.send({ opcode: opcodes.text, payload: 'last' });
    client.peer.reset();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.messages).to.deep.equal(['last']);
    expect(connection.events).to.deep.equal(['reset', 'closed']);
  });

  it('is noticed before its handshake is answered', async () => {
    const { client, connection } = await face.ask();
    client.peer.reset();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['reset', 'closed']);
  });

  for (const [what, converse] of [
    ['while it is not read', () => face.converse()],
    ['while it has to wait for the answer to its handshake', () => face.ask()],
  ] as const) {
    it(`is noticed ${what}`, async () => {
      const { client, connection } = await converse();
      connection.channel.pause();
      const payload = Buffer.alloc(1_000_000);
      client.send(...Array.from({ length: 20 }, () => ({ opcode: opcodes.binary, payload })));
      await turns(50);
      expect(client.peer.pendingBytes).to.be.greaterThan(0);
      client.peer.reset();
      await until('it is closed', () => connection.events.at(-1) === 'closed');
      expect(connection.events).to.deep.equal(['reset', 'closed']);
    });
  }
});

describe('WebSocket, a service that resets its connection', () => {
  let server: Server;
  let connection: UnitRecorder;
  let service: Socket;
  let key: string;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    connection = new UnitRecorder(createServiceFace(`127.0.0.1:${(server.address() as AddressInfo).port}`).connect());
    connection.send({ kind: 'handshake', request: { target: '/', rawHeaders: ['Host', 'chat.example'] } });
    [service] = (await once(server, 'connection')) as [Socket];
    service.on('error', () => undefined);
    const [request] = (await once(service, 'data')) as [Buffer];
    key = /Sec-WebSocket-Key: (\S+)/.exec(request.toString('latin1'))?.[1] ?? '';
  });

  afterEach(async () => {
    service.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  /** What is told when these are the last bytes of the service, and it resets right behind them. */
  async function resetBehind(...bytes: readonly (string | Uint8Array)[]): Promise<UnitRecorder> {
    service.write(Buffer.concat(bytes.map((part) => Buffer.from(part as Uint8Array))));
    service.resetAndDestroy();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    return connection;
  }

  it('is noticed right behind its last message', async () => {
    const accepted = [
      'HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n',
      `Sec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
    ];
    const last = frame({ opcode: opcodes.text, payload: 'last', isMasked: false });
    const { events, messages } = await resetBehind(...accepted, last);
    expect(messages).to.deep.equal(['last']);
    expect(events).to.deep.equal(['open', 'reset', 'closed']);
  });

  for (const [what, fields] of [
    ['the end of the connection', ''],
    ['its length', 'Content-Length: 100\r\n'],
  ] as const) {
    it(`has not ended a refusal that only ${what} ends`, async () => {
      const { body, events } = await resetBehind(`HTTP/1.1 403 No\r\n${fields}\r\nhalf a re`);
      expect(Buffer.concat(body).toString()).to.equal('half a re');
      expect(events).to.deep.equal(['open', 'reset', 'closed']);
    });
  }
});
