import {
  byteConversation,
  clientFaceCompliance,
  connectTcpPeer,
  conversationCompliance,
  RecordingLogger,
  serveTcpPeers,
  serviceFaceCompliance,
} from '@lockstep/testkit';
import { parseAddress } from './address.js';
import { TcpClientFace } from './tcp-client-face.js';
import { TcpServiceFace } from './tcp-service-face.js';

clientFaceCompliance('tcp', {
  createFace: (address = '127.0.0.1:0') => new TcpClientFace(parseAddress(address), new RecordingLogger()),
  connect: connectTcpPeer,
});

for (const gate of ['consumed', 'none'] as const) {
  serviceFaceCompliance(`tcp, gate ${gate}`, {
    createFace: (address) => new TcpServiceFace(parseAddress(address), { gate, quietMs: 5 }),
    serve: serveTcpPeers,
  });

  conversationCompliance(`tcp, gate ${gate}`, {
    createClientFace: () => new TcpClientFace(parseAddress('127.0.0.1:0'), new RecordingLogger()),
    createServiceFace: (address) => new TcpServiceFace(parseAddress(address), { gate, quietMs: 5 }),
    ...byteConversation({ connect: connectTcpPeer, serve: serveTcpPeers }),
  });
}
