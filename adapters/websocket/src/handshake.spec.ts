import { turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { AcceptingFace } from './accepting-face.fixture.js';
import { frame, handshakeOf, opcodes } from './raw-client.fixture.js';

describe('WebSocket, the handshake at the client face', () => {
  let face: AcceptingFace;

  beforeEach(async () => {
    face = new AcceptingFace();
    await face.listen();
  });

  afterEach(() => face.close());

  it('passes on the target and the headers, without those of the client’s own connection', async () => {
    const { connection } = await face.ask([
      'Connection: keep-alive, X-Hop',
      'X-Hop: 1',
      'Sec-WebSocket-Extensions: permessage-deflate',
      'Sec-WebSocket-Protocol: first, second',
      'Cookie: a=b',
      'cookie: c=d',
      'Origin: http://chat.example',
    ]);
    const rawHeaders = [
      ...['Host', 'chat.example', 'Sec-WebSocket-Protocol', 'first, second'],
      ...['Cookie', 'a=b', 'cookie', 'c=d', 'Origin', 'http://chat.example'],
    ];
    expect(connection.units).to.deep.equal([{ kind: 'handshake', request: { target: '/chat?room=1', rawHeaders } }]);
  });

  it('is answered when the service has answered, and as it has', async () => {
    const { client, connection } = await face.ask(['Sec-WebSocket-Protocol: first, second']);
    await turns(20);
    expect(client.peer.receivedBytes).to.equal(0);
    const rawHeaders = ['Sec-WebSocket-Protocol', 'second', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'];
    connection.send({ kind: 'accepted', rawHeaders });
    await client.untilAnswered();
    expect(client.answer).to.deep.equal([
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'Sec-WebSocket-Protocol: second',
      'Set-Cookie: a=1',
      'Set-Cookie: b=2',
    ]);
    await until('it is taken', () => connection.takenUnits === 1);
  });

  it('is refused as the service refuses it, body included', async () => {
    const { client, connection } = await face.ask();
    const rawHeaders = ['X-Why', 'because', 'Content-Length', '11'];
    connection.send({ kind: 'refused', status: 403, statusText: 'Not You', rawHeaders });
    for (const part of ['not ', 'for you']) {
      connection.channel.send({ length: part.length, payload: Buffer.from(part) });
    }
    connection.channel.end();
    await until('it is ended', () => client.peer.incoming === 'ended');
    const lines = [
      'HTTP/1.1 403 Not You',
      'Connection: close',
      'X-Why: because',
      'Content-Length: 11',
      '',
      'not for you',
    ];
    expect(Buffer.from(client.peer.received).toString()).to.equal(lines.join('\r\n'));
    client.peer.end();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['end', 'closed']);
    expect(connection.takenUnits).to.equal(12);
  });

  it('a service that breaks off before it answers breaks the client’s connection', async () => {
    const { client, connection } = await face.ask();
    connection.channel.reset();
    await until('it is over', () => client.peer.incoming !== 'open');
    expect(client.peer).to.include({ incoming: 'reset', receivedBytes: 0 });
  });

  it('a client that vanishes before the answer is a reset', async () => {
    const { client, connection } = await face.ask();
    client.peer.reset();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['reset', 'closed']);
  });

  it('frames that come before the answer are kept', async () => {
    const { client, connection } = await face.ask();
    client.send({ opcode: opcodes.text, payload: 'early' }, { opcode: opcodes.text, payload: 'bird' });
    await turns(10);
    expect(connection.messages).to.deep.equal([]);
    connection.send({ kind: 'accepted', rawHeaders: [] });
    await until('they are told', () => connection.messages.length === 2);
    expect(connection.messages).to.deep.equal(['early', 'bird']);
  });

  it('frames that come together with the handshake are kept', async () => {
    const early = frame({ opcode: opcodes.text, payload: 'early' });
    await face.connect(Buffer.concat([handshakeOf(), early]));
    await until('the handshake has come', () => face.connections.length === 1);
    const [connection] = face.connections;
    connection?.send({ kind: 'accepted', rawHeaders: [] });
    await until('it is told', () => connection?.messages.length === 1);
    expect(connection?.messages).to.deep.equal(['early']);
  });

  const bad: readonly (readonly [what: string, status: number, from: string, to: string])[] = [
    ['no version', 426, 'Sec-WebSocket-Version: 13\r\n', ''],
    ['an old version', 426, 'Version: 13', 'Version: 8'],
    ['two versions', 426, 'Version: 13', 'Version: 13\r\nSec-WebSocket-Version: 13'],
    ['no key', 400, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', ''],
    ['a short key', 400, 'dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZ=='],
    ['a key that is not base64', 400, 'dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25j*Q=='],
    ['two keys', 400, 'Upgrade: websocket', 'Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
    ['another method', 405, 'GET', 'PUT'],
    ['a choice of protocols', 400, 'Upgrade: websocket', 'Upgrade: h2c, websocket'],
    ['subprotocols that are none', 400, 'Host', 'Sec-WebSocket-Protocol: a b\r\nHost'],
    ['a subprotocol twice', 400, 'Host', 'Sec-WebSocket-Protocol: a, a\r\nHost'],
    ['extensions that make no sense', 400, 'Host', 'Sec-WebSocket-Extensions: permessage-deflate; =\r\nHost'],
    [
      'a window size that does not exist',
      400,
      'Host',
      'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99\r\nHost',
    ],
  ];
  for (const [what, status, from, to] of bad) {
    it(`${status}: ${what}; the service does not hear of it`, async () => {
      const client = await face.connect(Buffer.from(handshakeOf().toString().replace(from, to)));
      await until('it is refused', () => client.peer.incoming !== 'open');
      expect(client.answer?.[0]).to.match(new RegExp(`^HTTP/1.1 ${status} `));
      expect(face.connections).to.deep.equal([]);
      expect(face.logger.records).to.have.lengthOf(1);
      expect(face.logger.records[0]?.fields).to.include({ code: 'ERR_LOCKSTEP_INPUT_REFUSED', status });
    });
  }

  it('agrees to compression with the client alone, and keeps nothing between messages', async () => {
    const { client } = await face.converse(['Sec-WebSocket-Extensions: x-other, permessage-deflate']);
    expect(client.answer).to.include(
      'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    );
  });

  it('agrees to none where it is switched off', async () => {
    const plain = new AcceptingFace({ compression: false });
    await plain.listen();
    const { client } = await plain.converse(['Sec-WebSocket-Extensions: permessage-deflate']);
    expect(client.answer).to.have.lengthOf(4);
    await plain.close();
  });
});
