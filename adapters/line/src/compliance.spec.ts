import { dialectCompliance } from '@lockstep/testkit';
import { jobQueueConversation, memcachedConversation, memcachedRefused } from './conversations.fixture.js';
import { LineDialect } from './line-dialect.js';
import { parseOptions } from './options/parse-options.js';

const tooLong = `${'x'.repeat(65_537)}\n`;

dialectCompliance('line, a line for a line', {
  createDialect: () => new LineDialect(parseOptions()),
  conversation: [
    { request: 'ping\n', reply: 'pong\n' },
    { request: '\r\n', reply: '\n' },
    { request: '\x00\xff\xfe\r\r\n', reply: '\xc3\x28\x00\r\n' },
    { request: `${'x'.repeat(65_536)}\r\n`, reply: `${'y'.repeat(70_000)}\n` },
  ],
  refused: [tooLong, tooLong.repeat(2)],
});

dialectCompliance('line, the job queue', {
  createDialect: () => new LineDialect(parseOptions({ replies: [{ request: '^LIST', until: '^END$' }] })),
  conversation: jobQueueConversation,
  refused: [tooLong],
});

dialectCompliance('line, memcached', {
  createDialect: () => new LineDialect(parseOptions({ preset: 'memcached' })),
  conversation: memcachedConversation,
  refused: [tooLong, ...memcachedRefused],
});

dialectCompliance('line, a terminator of three bytes that begins like itself', {
  createDialect: () => new LineDialect(parseOptions({ terminator: '--+', maxLength: 10 })),
  conversation: [
    { request: 'a--+', reply: '---+' },
    { request: '--+', reply: '-+---+' },
    { request: '---+', reply: '--+' },
    { request: '0123456789--+', reply: '\n--+' },
  ],
  refused: ['0123456789---+', '01234567890123--+'],
});
