import { dialectCompliance } from '@lockstep/testkit';
import { dedicatedConversation, refusedAlways, refusedShared, sharedConversation } from './conversations.fixture.js';
import { parseOptions } from './options.js';
import { RespDialect } from './resp-dialect.js';

dialectCompliance('RESP over dedicated connections', {
  createDialect: () => new RespDialect(parseOptions(), 'dedicated'),
  conversation: dedicatedConversation,
  refused: refusedAlways,
});

dialectCompliance('RESP over a shared connection', {
  createDialect: () => new RespDialect(parseOptions(), 'shared'),
  conversation: sharedConversation,
  refused: [...refusedAlways, ...refusedShared],
});
