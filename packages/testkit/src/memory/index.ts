export { MemoryChannel } from './memory-channel.js';
export { MemoryClientFace } from './memory-client-face.js';
export { MemoryNetwork } from './memory-network.js';
export { connectMemoryPeer, MemoryPeer, serveMemoryPeers } from './memory-peer.js';
export { MemoryServiceFace } from './memory-service-face.js';
