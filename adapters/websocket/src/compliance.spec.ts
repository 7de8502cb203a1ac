import { conversationCompliance } from '@lockstep/testkit';
import { conversations, createClientFace, createServiceFace } from './conversations.fixture.js';

for (const gate of ['probe', 'none'] as const) {
  conversationCompliance(`websocket, gate ${gate}`, {
    ...conversations,
    createClientFace: () => createClientFace(),
    createServiceFace: (address) => createServiceFace(address, gate),
  });
}
