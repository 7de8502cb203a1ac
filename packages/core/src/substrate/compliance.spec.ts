import {
  clientFaceCompliance,
  connectMemoryPeer,
  MemoryClientFace,
  MemoryNetwork,
  MemoryServiceFace,
  RecordingLogger,
  serveMemoryPeers,
  serviceFaceCompliance,
} from '@lockstep/testkit';
import { DialectClientFace } from './dialect-client-face.js';
import { DialectServiceFace } from './dialect-service-face.js';
import { transparentDialect } from './test-dialects.fixture.js';

const network = new MemoryNetwork();

clientFaceCompliance('a dialect over memory', {
  createFace: (address) =>
    new DialectClientFace(new MemoryClientFace(network, address), transparentDialect, new RecordingLogger()),
  connect: (address) => connectMemoryPeer(network, address),
});

serviceFaceCompliance('a dialect over memory', {
  createFace: (address) => new DialectServiceFace(new MemoryServiceFace(network, address), transparentDialect),
  serve: () => serveMemoryPeers(network),
});
