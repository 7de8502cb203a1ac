import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Address } from '@lockstep/sockets';

const dripPauseMs = 5;

/** Forwards connections to an address; can be made to misbehave. */
export class Relay {
  readonly address: Address;
  /** Connections made through it so far. */
  connections = 0;
  /** Swallows everything in both directions, and accepts connections that nobody answers. */
  blackHole = false;
  /** Closes connections as soon as they are made. */
  refuse = false;
  /** Resets both sides once this many bytes of the first connection have been forwarded to the target. */
  cutFirstAfterBytes = Infinity;
  /** Forwards so many bytes at a time, with a pause behind them, as a slow network does. */
  dripBytes = Infinity;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: () => Address;

  private constructor(server: Server, target: () => Address) {
    this.#server = server;
    this.#target = target;
    this.address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    server.on('connection', (socket) => this.#forward(socket));
  }

  static async to(target: () => Address): Promise<Relay> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Relay(server, target);
  }

  /** Breaks all connections abruptly. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Stops reading from either side of all connections but the first ones, as a peer does that is too slow. */
  pause(exceptFirst = 0): void {
    for (const socket of [...this.#sockets].slice(2 * exceptFirst)) socket.pause();
  }

  /** Undoes `pause`. */
  resume(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #forward(near: Socket): void {
    if (this.refuse) return void near.destroy();
    const cutAfterBytes = ++this.connections === 1 ? this.cutFirstAfterBytes : Infinity;
    const far = connect({ ...this.#target(), noDelay: true });
    let forwarded = 0;
    this.#join(near, far, (chunk) => {
      const rest = Math.max(0, cutAfterBytes - forwarded);
      forwarded += chunk.byteLength;
      far.write(chunk.subarray(0, rest), () => {
        if (forwarded < cutAfterBytes) return;
        near.resetAndDestroy();
        far.resetAndDestroy();
      });
    });
    this.#join(far, near, (chunk) => near.write(chunk));
  }

  async #drip(chunk: Buffer, forward: (chunk: Buffer) => void): Promise<void> {
    for (let offset = 0; offset < chunk.byteLength; offset += this.dripBytes) {
      forward(chunk.subarray(offset, offset + this.dripBytes));
      await pause(dripPauseMs);
    }
  }

  #join(from: Socket, to: Socket, forward: (chunk: Buffer) => void): void {
    this.#sockets.add(from);
    let dripped = Promise.resolve();
    from.on('data', (chunk) => {
      if (this.blackHole) return;
      if (this.dripBytes === Infinity) forward(chunk);
      else dripped = dripped.then(() => this.#drip(chunk, forward));
    });
    from.on('end', () => this.blackHole || to.end());
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!this.blackHole) to.destroy();
    });
  }
}
