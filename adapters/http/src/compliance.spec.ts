import { conversationCompliance } from '@lockstep/testkit';
import { httpConversation } from './conversations.fixture.js';

conversationCompliance('http, dedicated', httpConversation({ gate: 'reply', connections: 'dedicated' }));

conversationCompliance(
  'http, dedicated, streamed',
  httpConversation({ gate: 'reply', connections: 'dedicated' }, { gatherBytes: 0 }),
);

conversationCompliance('http, shared', httpConversation({ gate: 'reply', connections: 'shared' }));
