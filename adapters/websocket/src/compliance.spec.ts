import { conversationCompliance } from '@lockstep/testkit';
import { conversations, createClientFace, createServiceFace } from './conversations.fixture.js';

conversationCompliance('websocket', {
  ...conversations,
  createClientFace: () => createClientFace(),
  createServiceFace,
});
