import type { Exchange } from '@lockstep/testkit';

/** A command as clients send it: an array of bulk strings. */
export function request(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(bulk).join('')}`;
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text, 'latin1')}\r\n${text}\r\n`;
}

const hello3 =
  '%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:3\r\n' +
  '$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n';

/** What needs nothing from its connection. */
export const sharedConversation: readonly Exchange[] = [
  { request: request('SET', 'key', 'value'), reply: '+OK\r\n' },
  { request: request('GET', 'key'), reply: '$5\r\nvalue\r\n' },
  { request: request('GET', 'missing'), reply: '$-1\r\n' },
  { request: 'PING\r\n', reply: '+PONG\r\n' },
  { request: '  set "a \\"key\\" \\x41" \'its\\\'s\'  \n', reply: '+OK\r\n' },
  { request: '\r\n' },
  { request: '*0\r\n' },
  { request: '*-1\r\n' },
  { request: request('INCR', 'n'), reply: ':-12\r\n' },
  { request: request('SET', 'empty', ''), reply: '+OK\r\n' },
  { request: request('GET', 'empty'), reply: '$0\r\n\r\n' },
  { request: request('NONSENSE'), reply: "-ERR unknown command 'NONSENSE', with args beginning with: \r\n" },
  { request: request(''), reply: "-ERR unknown command '', with args beginning with: \r\n" },
  { request: request('SET', 'crlf', '+OK\r\n*3\r\n$-1\r\n\0\xff'), reply: '+OK\r\n' },
  { request: request('GET', 'crlf'), reply: '$16\r\n+OK\r\n*3\r\n$-1\r\n\0\xff\r\n' },
  { request: request('MGET', 'key', 'missing'), reply: '*2\r\n$5\r\nvalue\r\n$-1\r\n' },
  { request: request('LRANGE', 'list', '0', '-1'), reply: '*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$2\r\nhi\r\n' },
  { request: request('LRANGE', 'list', '5', '6'), reply: '*0\r\n' },
  { request: request('XREAD', 'COUNT', '2', 'STREAMS', 'block', '0'), reply: '*-1\r\n' },
  {
    request: request('XRANGE', 's', '-', '+'),
    reply: '*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$3\r\n2-1\r\n*0\r\n',
  },
  { request: request('SELECT', '0'), reply: '+OK\r\n' },
  { request: request('client', 'setname', 'somebody'), reply: '+OK\r\n' },
  { request: request('SCRIPT', 'LOAD', 'return 1'), reply: '$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n' },
  { request: request('SET', 'big', 'x'.repeat(70_000)), reply: '+OK\r\n' },
  { request: request('GET', 'big'), reply: `$70000\r\n${'x'.repeat(70_000)}\r\n` },
];

/** Whatever one connection can be used for, one after the other. */
export const dedicatedConversation: readonly Exchange[] = [
  ...sharedConversation,
  { request: request('SELECT', '3'), reply: '+OK\r\n' },
  { request: request('MULTI'), reply: '+OK\r\n' },
  { request: request('INCR', 'n'), reply: '+QUEUED\r\n' },
  { request: request('BLPOP', 'list', '0'), reply: '+QUEUED\r\n' },
  { request: request('EXEC'), reply: '*2\r\n:1\r\n*2\r\n$4\r\nlist\r\n$7\r\nmessage\r\n' },
  { request: request('MULTI'), reply: '+OK\r\n' },
  { request: request('DISCARD'), reply: '+OK\r\n' },
  { request: request('BLPOP', 'list', '1'), reply: '*-1\r\n' },
  { request: request('XREAD', 'BLOCK', '10', 'STREAMS', 's', '$'), reply: '*-1\r\n' },
  { request: request('CLIENT', 'REPLY', 'SKIP') },
  { request: request('INCR', 'n') },
  { request: request('INCR', 'n'), reply: ':3\r\n' },
  { request: request('client', 'reply', 'off') },
  { request: request('SET', 'a', '1') },
  { request: 'nonsense\r\n' },
  { request: request('CLIENT', 'REPLY', 'ON'), reply: '+OK\r\n' },
  {
    request: request('SUBSCRIBE', 'a', 'b'),
    reply: '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n',
  },
  {
    request: 'psubscribe c*\r\n',
    reply: '*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nhello\r\n*3\r\n$10\r\npsubscribe\r\n$2\r\nc*\r\n:3\r\n',
  },
  {
    request: request('PING'),
    reply: '*4\r\n$8\r\npmessage\r\n$2\r\nc*\r\n$1\r\nc\r\n$1\r\n!\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n',
  },
  { request: request('UNSUBSCRIBE', 'a'), reply: '*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:2\r\n' },
  { request: request('UNSUBSCRIBE'), reply: '*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:1\r\n' },
  { request: request('PUNSUBSCRIBE'), reply: '*3\r\n$12\r\npunsubscribe\r\n$2\r\nc*\r\n:0\r\n' },
  { request: request('UNSUBSCRIBE'), reply: '*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n' },
  { request: request('LRANGE', 'list', '0', '-1'), reply: '*2\r\n$9\r\nsubscribe\r\n$1\r\na\r\n' },
  { request: request('HELLO', '3'), reply: hello3 },
  { request: request('HGETALL', 'h'), reply: '%1\r\n$1\r\nf\r\n$1\r\nv\r\n' },
  { request: request('SMEMBERS', 's'), reply: '|1\r\n+ttl\r\n:3600\r\n~2\r\n$1\r\na\r\n|1\r\n+x\r\n#t\r\n$1\r\nb\r\n' },
  { request: request('ZSCORE', 'z', 'm'), reply: ',1.5\r\n' },
  { request: request('GET', 'missing'), reply: '_\r\n' },
  { request: request('DEBUG', 'PROTOCOL', 'bignum'), reply: '(1234567999999999999999999999999999999\r\n' },
  { request: request('DEBUG', 'PROTOCOL', 'verbatim'), reply: '=29\r\ntxt:This is a verbatim\nstring\r\n' },
  { request: request('EVAL', 'return error', '0'), reply: '!21\r\nSYNTAX invalid syntax\r\n' },
  { request: request('STREAMED'), reply: '$?\r\n;4\r\nHell\r\n;5\r\no wor\r\n;0\r\n' },
  { request: request('STREAMED'), reply: '*?\r\n:1\r\n%?\r\n+a\r\n$?\r\n;0\r\n.\r\n*1\r\n#f\r\n.\r\n' },
  {
    request: request('SUBSCRIBE', 'a'),
    reply: '>3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\ny\r\n>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n',
  },
  {
    request: request('LRANGE', 'list', '0', '-1'),
    reply: '>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n*3\r\n$7\r\nmessage\r\n>0\r\n$2\r\nch\r\n$2\r\nhi\r\n',
  },
  { request: request('UNSUBSCRIBE'), reply: '>3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n' },
  { request: request('RESET'), reply: '+RESET\r\n' },
  { request: request('MONITOR'), reply: '+OK\r\n' },
  { request: request('PING'), reply: '+1700000000.123456 [0 127.0.0.1:6379] "PING"\r\n+PONG\r\n' },
  { request: request('RESET'), reply: '+RESET\r\n' },
  { request: request('QUIT'), reply: '+OK\r\n' },
];

/** What is refused wherever it comes. */
export const refusedAlways: readonly string[] = [
  '*x\r\n',
  '*1\n',
  '*01\r\n',
  '*-0\r\n',
  '*1048577\r\n',
  '*?\r\n',
  '*1\r\n+PING\r\n',
  '*1\r\n$-1\r\n',
  '*1\r\n$536870913\r\n',
  request('SHUTDOWN', 'NOSAVE'),
  request('psync', '?', '-1'),
  'POST / HTTP/1.1\r\n',
  'GET "key\r\n',
  'GET "key"s\r\n',
  'GET a\0b\r\n',
  'x'.repeat(65_537) + '\r\n',
];

/** What is refused where all clients share a connection. */
export const refusedShared: readonly string[] = [
  ...[
    'SUBSCRIBE a',
    'PSUBSCRIBE a',
    'SSUBSCRIBE a',
    'MULTI',
    'WATCH a',
    'BLPOP a 0',
    'SELECT 1',
    'HELLO 3',
    'AUTH x',
  ].map((line) => request(...line.split(' '))),
  ...[
    'XREAD BLOCK 0 STREAMS a $',
    'XREADGROUP GROUP g c BLOCK 0 STREAMS a >',
    'CLIENT REPLY OFF',
    'CLIENT TRACKING ON',
  ].map((line) => request(...line.split(' '))),
  ...['monitor', 'reset', 'unsubscribe', 'exec', 'wait 1 0', 'script debug yes', 'hello', 'client'].map(
    (line) => `${line}\r\n`,
  ),
];
