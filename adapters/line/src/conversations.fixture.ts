import type { Exchange } from '@lockstep/testkit';

/** What the job queue of the examples is asked, and answers. */
export const jobQueueConversation: readonly Exchange[] = [
  { request: 'SUBMIT build 7\n', reply: 'OK 1\n' },
  { request: 'LIST\n', reply: '1 queued 7 build\n2 queued 5 END\nEND\n' },
  { request: 'LIST done\n', reply: 'END\n' },
  { request: 'COUNT\n', reply: 'OK 2 0 0\n' },
  { request: 'NONSENSE\n', reply: 'ERR unknown command\n' },
  { request: 'RUN\n', reply: 'EMPTY\n' },
];

/** What memcached 1.6 was asked, and answered. */
export const memcachedConversation: readonly Exchange[] = [
  { request: 'version\r\n', reply: 'VERSION 1.6.18\r\n' },
  { request: 'set a 0 0 5\r\nhello\r\n', reply: 'STORED\r\n' },
  { request: 'set b 7 0 9\r\nEND\r\nEND\n\r\n', reply: 'STORED\r\n' },
  { request: 'get a b c\r\n', reply: 'VALUE a 0 5\r\nhello\r\nVALUE b 7 9\r\nEND\r\nEND\n\r\nEND\r\n' },
  { request: 'set empty 0 0 0\r\n\r\n', reply: 'STORED\r\n' },
  { request: 'gets empty\r\n', reply: 'VALUE empty 0 0 3\r\n\r\nEND\r\n' },
  { request: 'set n 0 0 1 noreply\r\n5\r\n' },
  { request: 'incr n 3\r\n', reply: '8\r\n' },
  { request: 'incr n 1 noreply\r\n' },
  { request: 'decr n x noreply\r\n' },
  { request: 'get n\r\n', reply: 'VALUE n 0 1\r\n9\r\nEND\r\n' },
  { request: 'cas n 0 0 2 99\r\n10\r\n', reply: 'EXISTS\r\n' },
  { request: 'cas n 0 0 2 99 noreply\r\n10\r\n' },
  { request: 'append a 0 0 1\r\n!\r\n', reply: 'STORED\r\n' },
  { request: 'set a 0 0 2\r\nxyz\n', reply: 'CLIENT_ERROR bad data chunk\r\n' },
  { request: 'touch a 0\r\n', reply: 'TOUCHED\r\n' },
  { request: 'touch a 0 noreply\r\n' },
  { request: 'gat 0 a\r\n', reply: 'VALUE a 0 6\r\nhello!\r\nEND\r\n' },
  { request: 'delete b noreply\r\n' },
  { request: 'delete b\r\n', reply: 'NOT_FOUND\r\n' },
  { request: 'get\r\n', reply: 'ERROR\r\n' },
  { request: '\r\n', reply: 'ERROR\r\n' },
  { request: 'nonsense noreply\r\n', reply: 'ERROR\r\n' },
  { request: 'ms m 2\r\nhi\r\n', reply: 'HD\r\n' },
  { request: 'mg m v\r\n', reply: 'VA 2\r\nhi\r\n' },
  { request: 'mg missing v\r\n', reply: 'EN\r\n' },
  { request: 'mn\r\n', reply: 'MN\r\n' },
  { request: 'verbosity 0\r\n', reply: 'OK\r\n' },
  { request: 'verbosity 0 noreply\r\n' },
  { request: 'stats reset\r\n', reply: 'RESET\r\n' },
  { request: 'stats sizes\r\n', reply: 'STAT sizes_status disabled\r\nEND\r\n' },
  { request: 'flush_all noreply\r\n' },
  { request: 'flush_all\r\n', reply: 'OK\r\n' },
];

/** What the preset for memcached refuses. */
export const memcachedRefused: readonly string[] = [
  `set k 0 0 ${9 * 1024 * 1024}\r\n`,
  'set k 0 0 x\r\n',
  'set k -1 0 5\r\n',
  `set ${'k'.repeat(251)} 0 0 5\r\n`,
  'cas k 0 0 5\r\n',
  'ms k x\r\n',
  'mg k v q\r\n',
  'ms k 2 q\r\n',
  'lru tune noreply\r\n',
  'watch fetchers\r\n',
  'shutdown\r\n',
  'lru_crawler metadump all\r\n',
  ' set k 0 0 5\r\n',
  'get a\0b\r\n',
  `bogus ${'x'.repeat(2048)}\r\n`,
];
