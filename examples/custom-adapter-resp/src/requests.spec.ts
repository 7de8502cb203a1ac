import { expect } from 'chai';
import { request } from './conversations.fixture.js';
import { TextSession } from './session.fixture.js';

const repliesTo = (session: TextSession, ...requests: readonly string[]): number[] =>
  session.ask(...requests).map(({ replies }) => replies);

describe('RESP requests', () => {
  it('holds back what may be refused, and nothing else', () => {
    const session = new TextSession();
    const parts: [text: string, undecided: number][] = [
      ['*3\r', 3],
      ['\n$3\r\n', 8],
      ['SE', 0],
      ['T\r\n$100\r\n', 0],
      ['x'.repeat(102), 0],
      ['$0\r\n', 0],
      ['\r\n*2\r\n$6\r\nSELE', 12],
      ['CT\r\n$1\r\n', 20],
      ['1\r\n', 0],
      ['PIN', 3],
    ];
    for (const [text, undecided] of parts) {
      session.ask(text);
      expect(session.undecided, text).to.equal(undecided);
    }
  });

  it('refuses what Redis would refuse, in its words, and keeps what came before', () => {
    const session = new TextSession();
    const read = session.read(`${request('PING')}*1\r\n$x\r\n`);
    expect(read).to.include({ accepted: request('PING').length });
    expect(new TextSession().refusalOf('*1\r\n:1\r\n')).to.equal(
      "-ERR Protocol error: expected '$' before an argument\r\n",
    );
    expect(new TextSession().refusalOf('SET "a\r\n')).to.equal('-ERR Protocol error: unbalanced quotes in request\r\n');
  });

  it('refuses a length that is no number even after a part was let through', () => {
    const session = new TextSession();
    session.ask('*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$');
    expect(session.undecided).to.equal(0);
    expect(session.refusalOf('1x\r\n')).to.equal('-ERR Protocol error: invalid bulk length\r\n');
  });

  it('takes arguments up to the length that is configured', () => {
    expect(new TextSession('dedicated', 10).ask(request('ECHO', 'x'.repeat(10)))).to.have.lengthOf(1);
    expect(new TextSession('dedicated', 10).refusalOf(request('ECHO', 'x'.repeat(11)))).to.match(/invalid bulk length/);
  });

  it('bounds what is held back while options come that nobody reads', () => {
    const session = new TextSession('shared');
    const endless = '$1000\r\n' + 'x'.repeat(1000) + '\r\n';
    session.ask('*1000\r\n$5\r\nXREAD\r\n');
    let sent = 0;
    while (session.refusalOf(endless) === undefined) sent += endless.length;
    expect(sent).to.be.at.most(65_536);
  });

  it('splits inline commands as Redis does', () => {
    const session = new TextSession();
    session.ask('  "client"\t\'reply\' "o\\x66\\x66"\r\n');
    expect(session.outstanding).to.equal(0);
    expect(repliesTo(session, 'PING\n', 'client reply o"n"\n', 'PING\n')).to.deep.equal([0, 1, 1]);
    for (const unsound of ['"a', "'a", '"a"b', "'a'b", "'a\\'", '"a\\"']) {
      expect(new TextSession().refusalOf(`ECHO ${unsound}\n`), unsound).to.match(/unbalanced quotes/);
    }
    for (const sound of ['a"b"', '"a" b', "'\\'a'", '"\\"a"', "a'\\b'", '"\\\\"', 'a\vb', '""']) {
      expect(new TextSession().ask(`ECHO ${sound}\n`), sound).to.have.lengthOf(1);
    }
  });

  it('refuses what would end the server or the protocol', () => {
    for (const line of ['shutdown', 'SYNC', 'REPLICAOF h 1', 'POST / HTTP/1.1', 'Host: localhost']) {
      expect(new TextSession().refusalOf(`${line}\r\n`), line).to.match(/^-NOPERM [A-Z:]+ is not let through/);
    }
  });

  it('expects no reply after CLIENT REPLY OFF until ON, none to the one after SKIP', () => {
    const session = new TextSession();
    const reply = (mode: string): string => request('CLIENT', 'REPLY', mode);
    const ping = request('PING');
    expect(repliesTo(session, reply('OFF'), ping, reply('SKIP'), ping, reply('ON'), ping)).to.deep.equal([
      0, 0, 0, 0, 1, 1,
    ]);
    expect(repliesTo(session, reply('SKIP'), ping, ping)).to.deep.equal([0, 0, 1]);
    expect(repliesTo(session, reply('SKIP'), reply('SKIP'), ping, ping)).to.deep.equal([0, 0, 0, 1]);
    expect(repliesTo(session, reply('SKIP'), reply('ON'), ping)).to.deep.equal([0, 1, 1]);
    expect(repliesTo(session, reply('SKIP'), request('RESET'), ping)).to.deep.equal([0, 0, 1]);
    expect(repliesTo(session, reply('OFF'), request('RESET'), ping)).to.deep.equal([0, 1, 1]);
    expect(repliesTo(session, reply('WHAT'), request('CLIENT', 'REPLY'), request('CLIENT', 'ID'))).to.deep.equal([
      1, 1, 1,
    ]);
  });

  it('refuses inside a transaction what would leave EXEC with a reply of another length', () => {
    const [subscribe, off] = [request('SUBSCRIBE', 'a'), request('CLIENT', 'REPLY', 'OFF')];
    for (const inside of [subscribe, off]) {
      const session = new TextSession();
      session.ask(request('MULTI'), request('EXEC', 'too', 'much'));
      expect(session.refusalOf(inside)).to.match(/inside a transaction/);
    }
    for (const end of ['EXEC', 'DISCARD', 'RESET']) {
      expect(new TextSession().ask(request('MULTI'), request(end), subscribe), end).to.have.lengthOf(3);
    }
  });

  it('refuses a subscription while replies are off, for they would stay off', () => {
    const session = new TextSession();
    session.ask(request('CLIENT', 'REPLY', 'OFF'));
    expect(session.refusalOf(request('SUBSCRIBE', 'a'))).to.match(/while replies are off/);
  });

  it('says which requests may wait for another client', () => {
    const session = new TextSession();
    const isBlocking = (...words: readonly string[]): boolean => session.ask(request(...words))[0]?.blocking === true;
    expect(isBlocking('BLPOP', 'k', '0')).to.equal(true);
    expect(isBlocking('XREAD', 'COUNT', '1', 'block', '0', 'STREAMS', 'k', '$')).to.equal(true);
    expect(isBlocking('XREAD', 'STREAMS', 'BLOCK', '$')).to.equal(false);
    expect(isBlocking('LPOP', 'k')).to.equal(false);
    session.ask(request('MULTI'));
    expect(isBlocking('BLPOP', 'k', '0')).to.equal(false);
  });

  it('expects nothing after QUIT', () => {
    const session = new TextSession();
    const boundaries = session.ask(request('QUIT'), request('PING'), request('MULTI'));
    expect(boundaries.map(({ replies }) => replies)).to.deep.equal([1, 0, 0]);
    expect(boundaries[0]?.closing).to.deep.equal(Buffer.from('+OK\r\n'));
    const [, silent] = new TextSession().ask(request('CLIENT', 'REPLY', 'OFF'), request('QUIT'));
    expect(silent?.closing).to.have.lengthOf(0);
  });
});

describe('RESP requests, where connections are shared', () => {
  it('says in Redis’ way of telling an error what to do', () => {
    const answer = new TextSession('shared').refusalOf(request('subscribe', 'a'));
    expect(answer).to.match(/^-ERR SUBSCRIBE needs a connection of its own.* connections: dedicated [^\r\n]*\r\n$/);
    expect(new TextSession('shared').refusalOf(request('XREAD', 'BLOCK', '0', 'STREAMS', 'k', '$'))).to.match(
      /XREAD with BLOCK/,
    );
  });

  it('lets through what clients say when they connect, if it leaves nothing behind', () => {
    const session = new TextSession('shared');
    const harmless = [
      request('SELECT', '0'),
      request('CLIENT', 'SETINFO', 'LIB-NAME', 'x'),
      request('CLIENT', 'SETNAME', 'x'),
    ];
    expect(repliesTo(session, ...harmless)).to.deep.equal([1, 1, 1]);
  });
});
