import { expect } from 'chai';
import { request } from './conversations.fixture.js';
import { TextSession } from './session.fixture.js';

const confirmation = (word: string, channel: string, count: number, mark = '*'): string =>
  `${mark}3\r\n$${word.length}\r\n${word}\r\n$${channel.length}\r\n${channel}\r\n:${count}\r\n`;
const message = (mark = '*'): string => `${mark}3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n`;

describe('RESP replies', () => {
  it('takes the confirmations of all channels for one reply, and no message for any', () => {
    const session = new TextSession();
    session.ask(request('SUBSCRIBE', 'a', 'b'), request('PING'));
    expect(session.answer(confirmation('subscribe', 'a', 1), message())).to.equal(0);
    expect(session.answer(confirmation('subscribe', 'b', 2), message())).to.equal(1);
    expect(session.answer(message(), '*2\r\n$4\r\npong\r\n$0\r\n\r\n')).to.equal(1);
    expect(session.answer(message())).to.equal(0);
    expect(session.outstanding).to.equal(0);
  });

  it('counts channels, patterns and shards apart when all are to be left', () => {
    const session = new TextSession();
    session.ask(request('SUBSCRIBE', 'a', 'b'), request('PSUBSCRIBE', 'p'), request('SSUBSCRIBE', 's'));
    session.answer(confirmation('subscribe', 'a', 1), confirmation('subscribe', 'b', 2));
    session.answer(confirmation('psubscribe', 'p', 3), confirmation('ssubscribe', 's', 1));
    expect(session.outstanding).to.equal(0);
    session.ask(request('UNSUBSCRIBE'), request('PUNSUBSCRIBE'), request('SUNSUBSCRIBE'), request('UNSUBSCRIBE'));
    expect(session.answer(confirmation('unsubscribe', 'b', 2))).to.equal(0);
    expect(session.answer(confirmation('unsubscribe', 'a', 1))).to.equal(1);
    expect(session.answer(confirmation('punsubscribe', 'p', 0), confirmation('sunsubscribe', 's', 0))).to.equal(2);
    expect(session.answer('*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n')).to.equal(1);
  });

  it('takes an error for the whole reply to SUBSCRIBE', () => {
    const session = new TextSession();
    session.ask(request('SUBSCRIBE', 'a', 'b'), request('SUBSCRIBE'), request('PING'));
    expect(session.answer('-NOPERM no\r\n', '-ERR wrong number\r\n', '+PONG\r\n')).to.equal(3);
  });

  it('takes an array that looks like a message for a reply where there are no subscriptions', () => {
    const session = new TextSession();
    const list = request('LRANGE', 'list', '0', '-1');
    session.ask(list, request('SUBSCRIBE', 'a'), request('UNSUBSCRIBE', 'a'), list, list);
    expect(session.answer(message())).to.equal(1);
    expect(session.answer(confirmation('subscribe', 'a', 1), confirmation('unsubscribe', 'a', 0))).to.equal(2);
    expect(session.answer(message(), confirmation('subscribe', 'x', 7))).to.equal(2);
  });

  it('follows a connection from RESP2 to RESP3 and back', () => {
    const session = new TextSession();
    session.ask(request('HELLO', '3'), request('SUBSCRIBE', 'a'), request('LRANGE', 'list', '0', '-1'));
    expect(session.answer('%0\r\n', message('>'), confirmation('subscribe', 'a', 1, '>'), message())).to.equal(3);
    session.ask(request('HELLO', '2'), request('PING'));
    expect(session.answer(message('>'), '*0\r\n', message(), '*2\r\n$4\r\npong\r\n$0\r\n\r\n')).to.equal(2);
    session.ask(request('HELLO', '3'), request('HELLO', '9'), request('PING'));
    expect(session.answer('-ERR in subscribed mode\r\n', '-NOPROTO\r\n', message(), '+PONG\r\n')).to.equal(3);
  });

  it('knows of subscriptions that are confirmed though the reply is skipped', () => {
    const session = new TextSession();
    session.ask(request('CLIENT', 'REPLY', 'SKIP'), request('SUBSCRIBE', 'a'));
    expect(session.answer(confirmation('subscribe', 'a', 1))).to.equal(0);
    session.ask(request('PING'));
    expect(session.answer(message(), '*2\r\n$4\r\npong\r\n$0\r\n\r\n')).to.equal(1);
  });

  it('forgets everything with RESET', () => {
    const session = new TextSession();
    session.ask(
      request('HELLO', '3'),
      request('SUBSCRIBE', 'a'),
      request('RESET'),
      request('LRANGE', 'list', '0', '-1'),
    );
    session.answer('%0\r\n', confirmation('subscribe', 'a', 1, '>'));
    expect(session.answer('+RESET\r\n', message())).to.equal(2);
  });

  it('tells the lines of MONITOR from replies', () => {
    const session = new TextSession();
    const line = '+1700000000.000001 [0 127.0.0.1:1] "SET" "a" "b"\r\n';
    session.ask(request('PING'), request('MONITOR'), request('PING'), request('RESET'), request('PING'));
    expect(session.answer('+PONG\r\n', '+OK\r\n', line, line, '+PONG\r\n', line)).to.equal(3);
    expect(session.answer('+RESET\r\n', '+1\r\n')).to.equal(2);
  });

  it('passes over attributes, and over pushes within a reply', () => {
    const session = new TextSession();
    session.ask(request('EXEC'), request('PING'));
    expect(session.answer('|1\r\n+a\r\n*1\r\n:1\r\n', '*2\r\n|0\r\n:1\r\n', message('>'))).to.equal(0);
    expect(session.answer('|1\r\n$1\r\nk\r\n%1\r\n+a\r\n+b\r\n:2\r\n', '+PONG\r\n')).to.equal(2);
  });

  it('finds no more replies once what came was no RESP', () => {
    const session = new TextSession();
    session.ask(request('PING'), request('PING'));
    expect(session.answer('+PONG\r\n', 'HTTP/1.1 200 OK\r\n', '+PONG\r\n')).to.equal(1);
    expect(session.outstanding).to.equal(1);
  });

  it('goes no deeper than any reply does', () => {
    const session = new TextSession();
    session.ask(request('PING'), request('PING'));
    expect(session.answer('*1\r\n'.repeat(1024), ':1\r\n')).to.equal(1);
    expect(session.answer('*1\r\n'.repeat(1025), ':1\r\n')).to.equal(0);
  });
});
