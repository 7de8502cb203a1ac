import { byteStreamCompliance } from '../compliance/byte-stream-compliance.js';
import { conversationCompliance } from '../compliance/conversation-compliance.js';
import { MemoryClientFace } from './memory-client-face.js';
import { MemoryNetwork } from './memory-network.js';
import { connectMemoryPeer, serveMemoryPeers } from './memory-peer.js';
import { MemoryServiceFace } from './memory-service-face.js';
import { messageConversation } from './message-conversation.fixture.js';

const network = new MemoryNetwork();

byteStreamCompliance('memory', {
  createClientFace: (address) => new MemoryClientFace(network, address),
  createServiceFace: (address) => new MemoryServiceFace(network, address),
  connect: (address) => connectMemoryPeer(network, address),
  serve: () => serveMemoryPeers(network),
});

conversationCompliance('memory, messages', messageConversation(network));
