import type { ClientFace, ServiceFace } from '@lockstep/contracts';
import { byteConversation, type BytePeers } from './byte-conversation.js';
import { clientFaceCompliance } from './client-face-compliance.js';
import { conversationCompliance } from './conversation-compliance.js';
import { serviceFaceCompliance } from './service-face-compliance.js';

/** What the suite needs to know about the faces of an adapter of kind `channel`. */
export interface ByteStreamHarness extends BytePeers {
  /** A new client face, listening on any free address of this machine, or on the one given. */
  createClientFace(address?: string): ClientFace;
  /** A new service face that connects to this address. */
  createServiceFace(address: string): ServiceFace;
}

/**
 * Declares all mocha suites that an adapter of kind `channel` passes: each face by itself, and both together through
 * relays that delay, split, join, hold back and cut.
 */
export function byteStreamCompliance(name: string, harness: ByteStreamHarness): void {
  clientFaceCompliance(name, {
    createFace: (address) => harness.createClientFace(address),
    connect: (address) => harness.connect(address),
  });
  serviceFaceCompliance(name, {
    createFace: (address) => harness.createServiceFace(address),
    serve: () => harness.serve(),
  });
  conversationCompliance(name, {
    createClientFace: () => harness.createClientFace(),
    createServiceFace: (address) => harness.createServiceFace(address),
    ...byteConversation(harness),
  });
}
