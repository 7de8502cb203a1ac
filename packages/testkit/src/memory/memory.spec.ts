import { byteConversation } from '../compliance/byte-conversation.js';
import { clientFaceCompliance } from '../compliance/client-face-compliance.js';
import { conversationCompliance } from '../compliance/conversation-compliance.js';
import { serviceFaceCompliance } from '../compliance/service-face-compliance.js';
import { MemoryClientFace } from './memory-client-face.js';
import { MemoryNetwork } from './memory-network.js';
import { connectMemoryPeer, serveMemoryPeers } from './memory-peer.js';
import { MemoryServiceFace } from './memory-service-face.js';

const network = new MemoryNetwork();

clientFaceCompliance('memory', {
  createFace: (address) => new MemoryClientFace(network, address),
  connect: (address) => connectMemoryPeer(network, address),
});

serviceFaceCompliance('memory', {
  createFace: (address) => new MemoryServiceFace(network, address),
  serve: () => serveMemoryPeers(network),
});

conversationCompliance('memory', {
  createClientFace: () => new MemoryClientFace(network),
  createServiceFace: (address) => new MemoryServiceFace(network, address),
  ...byteConversation({
    connect: (address) => connectMemoryPeer(network, address),
    serve: () => serveMemoryPeers(network),
  }),
});
