import type { ChannelHandler, Segment } from '@lockstep/contracts';
import type { Peer, TestService } from '../compliance/peer.js';
import { ReceivedBytes } from '../compliance/received-bytes.js';
import type { MemoryChannel } from './memory-channel.js';
import type { MemoryNetwork } from './memory-network.js';

/** A program at the end of a connection in memory. */
export class MemoryPeer implements Peer, ChannelHandler {
  readonly #channel: MemoryChannel;
  readonly #received = new ReceivedBytes();
  incoming: Peer['incoming'] = 'open';

  constructor(channel: MemoryChannel) {
    this.#channel = channel;
    channel.bind(this);
  }

  get received(): Uint8Array {
    return this.#received.bytes;
  }

  get receivedBytes(): number {
    return this.#received.length;
  }

  get pendingBytes(): number {
    return this.#channel.pendingUnits;
  }

  write(payload: Uint8Array): void {
    this.#channel.send({ length: payload.byteLength, payload });
  }

  end(): void {
    this.#channel.end();
  }

  reset(): void {
    this.#channel.reset();
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }

  onSegment({ payload }: Segment): void {
    this.#received.push(payload);
  }

  onEnd(): void {
    this.incoming = 'ended';
  }

  onReset(): void {
    this.incoming = 'reset';
  }

  onTaken(): void {
    // `pendingBytes` asks the channel itself.
  }

  onClosed(): void {
    // How the connection ended was told before.
  }
}

/** Connects to a client face in memory, as a client. */
export function connectMemoryPeer(network: MemoryNetwork, address: string): Promise<MemoryPeer> {
  return Promise.resolve().then(() => new MemoryPeer(network.connect(address)));
}

/** Listens in memory, as a service. */
export function serveMemoryPeers(network: MemoryNetwork): Promise<TestService> {
  const address = network.freeAddress();
  const peers: MemoryPeer[] = [];
  const all: MemoryPeer[] = [];
  const waiting: ((peer: MemoryPeer) => void)[] = [];
  network.listen(address, (channel) => {
    const peer = new MemoryPeer(channel);
    all.push(peer);
    const next = waiting.shift();
    if (next === undefined) peers.push(peer);
    else next(peer);
  });
  return Promise.resolve({
    address,
    accept: () => {
      const peer = peers.shift();
      return peer ? Promise.resolve(peer) : new Promise<MemoryPeer>((resolve) => waiting.push(resolve));
    },
    close: () => {
      network.close(address);
      for (const peer of all) peer.reset();
      return Promise.resolve();
    },
  });
}
