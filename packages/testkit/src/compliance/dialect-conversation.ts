import { DialectClientFace, DialectServiceFace } from '@lockstep/core/simulation';
import type { Dialect, DialectSession } from '@lockstep/contracts';
import { MemoryClientFace } from '../memory/memory-client-face.js';
import { MemoryNetwork } from '../memory/memory-network.js';
import { connectMemoryPeer, serveMemoryPeers } from '../memory/memory-peer.js';
import { MemoryServiceFace } from '../memory/memory-service-face.js';
import { Random } from '../simulator/base/random.js';
import type { Peer } from './peer.js';
import { RecordingLogger } from './recording-logger.js';
import type { ConversationHarness } from './relay/conversation.js';
import { turns, until } from './until.js';

/** What is said in a conversation. */
export interface DialectScript {
  readonly createDialect: () => Dialect;
  readonly requests: readonly Uint8Array[];
  /** The reply to each request that has one, in order. */
  readonly replies: readonly Uint8Array[];
}

/** A dialect on connections in memory, and a service that gives the replies of a script to the requests of that script. */
export function dialectConversation({ createDialect, requests, replies }: DialectScript): ConversationHarness {
  const network = new MemoryNetwork();
  return {
    createClientFace: () =>
      new DialectClientFace(new MemoryClientFace(network), createDialect(), new RecordingLogger()),
    createServiceFace: (address) => new DialectServiceFace(new MemoryServiceFace(network, address), createDialect()),
    serve: async () => {
      const service = await serveMemoryPeers(network);
      let isClosed = false;
      const acceptAll = async (): Promise<void> => {
        for (;;) void answer(await service.accept(), createDialect().createSession(), replies, () => isClosed);
      };
      void acceptAll();
      return {
        address: service.address,
        close: () => {
          isClosed = true;
          return service.close();
        },
      };
    },
    converse: async (address, seed) => {
      const random = new Random(seed, 'dialect');
      const peer = await connectMemoryPeer(network, address);
      const bytes = Buffer.concat(requests);
      for (let sent = 0; sent < bytes.length;) {
        const end = Math.min(bytes.length, sent + random.integer(1, random.pick([2, 30, 3000])));
        peer.write(bytes.subarray(sent, end));
        sent = end;
        await turns(random.integer(0, 2));
      }
      const expected = Buffer.concat(replies);
      const isComplete = (): boolean => peer.receivedBytes >= expected.length || peer.incoming !== 'open';
      await until('all replies have come', isComplete);
      peer.end();
      await until('the service has ended', () => peer.incoming !== 'open');
      if (Buffer.compare(peer.received, expected) !== 0) throw new Error('the replies are not those that were given');
    },
  };
}

/** Replies as soon as a request is complete. */
async function answer(
  peer: Peer,
  session: DialectSession,
  replies: readonly Uint8Array[],
  isClosed: () => boolean,
): Promise<void> {
  let read = 0;
  let answered = 0;
  while (!isClosed() && peer.incoming === 'open') {
    if (peer.receivedBytes > read) {
      const found = session.readRequests(peer.received.subarray(read));
      read = peer.receivedBytes;
      if ('refusal' in found) return peer.reset();
      for (const request of found) {
        const reply = request.replies === 1 ? replies[answered++] : undefined;
        if (reply !== undefined) peer.write(reply);
      }
    }
    await turns(1);
  }
  peer.end();
}
