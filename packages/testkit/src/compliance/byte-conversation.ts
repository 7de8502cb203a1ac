import { Random } from '../simulator/base/random.js';
import type { ConversationHarness, ConversationService } from './relay/conversation.js';
import { pattern } from './pattern.js';
import type { Peer, TestService } from './peer.js';
import { turns, until } from './until.js';

/** Programs at both ends of a byte stream, as the suites for the single faces have them. */
export interface BytePeers {
  /** Connects to an address that the client face gave, as a client. */
  connect(address: string): Promise<Peer>;
  /** Starts a service on any free address. */
  serve(): Promise<TestService>;
}

/** What the client asks the service for, with its first byte. */
const requests = { echo: 1, sink: 2, source: 3, breakOff: 4 } as const;
const streamBytes = 150_000;

/**
 * Conversations for faces that carry bytes: echoes, long streams in either direction, an end on either side first, a reset by
 * either side.
 */
export function byteConversation(peers: BytePeers): Pick<ConversationHarness, 'serve' | 'converse'> {
  return {
    serve: async () => servePlayers(await peers.serve()),
    converse: async (address, seed) => {
      for (const play of [playEcho, playSink, playSource, playBreak, playReset]) {
        await play(await peers.connect(address), new Random(seed, play.name));
      }
    },
  };
}

function servePlayers(service: TestService): ConversationService {
  const played = new Set<Promise<void>>();
  let isClosed = false;
  const acceptAll = async (): Promise<void> => {
    for (;;) {
      const peer = await service.accept();
      const player = playService(peer, () => isClosed).finally(() => played.delete(player));
      played.add(player);
    }
  };
  // It waits for the next connection for as long as the process lives, which costs nothing.
  void acceptAll();
  return {
    address: service.address,
    close: async () => {
      isClosed = true;
      await service.close();
      await Promise.all(played);
    },
  };
}

/** Answers by what was asked for, however the bytes come. */
async function playService(peer: Peer, isClosed: () => boolean): Promise<void> {
  let answered = 1;
  let hasBegun = false;
  while (!isClosed() && peer.incoming !== 'reset') {
    const request = peer.receivedBytes > 0 ? peer.received[0] : undefined;
    if (request === requests.echo && peer.receivedBytes > answered) {
      peer.write(changed(peer.received.subarray(answered)));
      answered = peer.receivedBytes;
    } else if (request === requests.source && !hasBegun) {
      hasBegun = true;
      peer.write(pattern(streamBytes));
      peer.end();
    } else if (request === requests.breakOff && peer.receivedBytes > 4) {
      return peer.reset();
    } else if (peer.incoming === 'ended') {
      if (request === requests.sink) peer.write(changed(peer.received.subarray(-8)));
      if (!hasBegun) peer.end();
      return;
    }
    await turns(1);
  }
}

async function playEcho(peer: Peer, random: Random): Promise<void> {
  const bytes = pattern(random.integer(1, 30_000));
  peer.write(Uint8Array.of(requests.echo));
  for (let sent = 0; sent < bytes.length;) {
    const end = Math.min(bytes.length, sent + random.integer(1, random.pick([1, 20, 4000])));
    peer.write(bytes.subarray(sent, end));
    sent = end;
    if (random.chance(0.5)) await received(peer, sent);
    if (random.chance(0.1)) await holdBack(peer);
  }
  await received(peer, bytes.length);
  peer.end();
  await ended(peer, changed(bytes));
}

async function playSink(peer: Peer): Promise<void> {
  const bytes = pattern(streamBytes);
  peer.write(Uint8Array.of(requests.sink));
  peer.write(bytes);
  peer.end();
  await ended(peer, changed(bytes.subarray(-8)));
}

async function playSource(peer: Peer): Promise<void> {
  peer.write(Uint8Array.of(requests.source));
  await holdBack(peer);
  await ended(peer, pattern(streamBytes));
  peer.end();
}

async function playBreak(peer: Peer): Promise<void> {
  peer.write(Uint8Array.of(requests.breakOff, 0, 0, 0, 0));
  await until('the service has broken the connection', () => peer.incoming !== 'open');
  if (peer.incoming !== 'reset')
    throw new Error(`the service broke the connection, and the client saw it ${peer.incoming}`);
}

async function playReset(peer: Peer, random: Random): Promise<void> {
  peer.write(Uint8Array.of(requests.echo));
  peer.write(pattern(20_000));
  await received(peer, random.integer(1, 10_000));
  peer.reset();
}

async function holdBack(peer: Peer): Promise<void> {
  peer.pause();
  await turns(10);
  peer.resume();
}

async function received(peer: Peer, bytes: number): Promise<void> {
  await until(`${bytes} bytes have come back`, () => peer.receivedBytes >= bytes || peer.incoming !== 'open');
  if (peer.receivedBytes < bytes)
    throw new Error(`the connection is ${peer.incoming} after ${peer.receivedBytes} bytes`);
}

async function ended(peer: Peer, expected: Uint8Array): Promise<void> {
  await until('the service has ended', () => peer.incoming !== 'open');
  if (peer.incoming === 'reset') throw new Error(`the connection broke after ${peer.receivedBytes} bytes`);
  if (Buffer.compare(peer.received, expected) !== 0) {
    throw new Error(`${peer.receivedBytes} bytes came back that are not the ${expected.length} bytes expected`);
  }
}

function changed(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0x5a);
}
