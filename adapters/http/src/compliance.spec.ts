import { conversationCompliance } from '@lockstep/testkit';
import { httpConversation } from './conversations.fixture.js';

/** Some of the bodies of the conversations are longer than this, and some are not. */
const gatherBytes = 50_000;

conversationCompliance(
  'http, dedicated',
  httpConversation({ gate: 'reply', connections: 'dedicated' }, { gatherBytes }),
);

conversationCompliance(
  'http, shared',
  httpConversation({ gate: 'reply', connections: 'shared' }, { gatherBytes, pipelining: 4 }),
);
