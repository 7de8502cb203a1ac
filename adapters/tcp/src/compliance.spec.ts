import { parseAddress } from '@lockstep/sockets';
import { byteStreamCompliance, connectTcpPeer, RecordingLogger, serveTcpPeers } from '@lockstep/testkit';
import { TcpClientFace } from './tcp-client-face.js';
import { TcpServiceFace } from './tcp-service-face.js';

for (const gate of ['consumed', 'none'] as const) {
  byteStreamCompliance(`tcp, gate ${gate}`, {
    createClientFace: (address = '127.0.0.1:0') => new TcpClientFace(parseAddress(address)!, new RecordingLogger()),
    createServiceFace: (address) => new TcpServiceFace(parseAddress(address)!, { gate, quietMs: 5, readBytes: 1024 }),
    connect: connectTcpPeer,
    serve: serveTcpPeers,
  });
}
