import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProgramCommand } from '@lockstep/contracts';
import { until, type Peer, type TestService } from '@lockstep/testkit';

const program = fileURLToPath(new URL('peer-program.fixture.js', import.meta.url));

/** What to run for the programs of a service that `serveProgramPeers` has started. */
export function peerCommand(address: string): ProgramCommand {
  return { words: JSON.parse(address) as string[], directory: tmpdir(), environment: {} };
}

/** Waits for programs that are run by the command that its address stands for; each is a peer. */
export async function serveProgramPeers(): Promise<TestService> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-peers-'));
  const executable = join(folder, 'peer');
  symlinkSync(process.execPath, executable);
  const sockets = new Set<Socket>();
  const streams = new Map<number, Socket>();
  const peers: ProgramPeer[] = [];
  const waiting: ((peer: ProgramPeer) => void)[] = [];
  const data = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined));
    streams.set(socket.remotePort ?? 0, socket);
  });
  const control = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.setEncoding('latin1').once('data', (greeting: string) => {
      const [pid = 0, port = 0] = greeting.split(' ').map(Number);
      void until('its other connection is accepted', () => streams.has(port)).then(() => {
        const peer = new ProgramPeer(pid, streams.get(port) as Socket, socket);
        const next = waiting.shift();
        if (next === undefined) peers.push(peer);
        else next(peer);
      });
    });
  });
  const ports = [await listen(data), await listen(control)];
  return {
    address: JSON.stringify([executable, program, ...ports.map(String)]),
    accept: () => {
      const peer = peers.shift();
      return peer ? Promise.resolve(peer) : new Promise((resolve) => waiting.push(resolve));
    },
    close: async () => {
      rmSync(folder, { recursive: true });
      const closed = [data, control].map((server) => new Promise((resolve) => server.close(resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A program of the fixture. */
class ProgramPeer implements Peer {
  readonly #pid: number;
  readonly #data: Socket;
  #received: Buffer = Buffer.alloc(0);
  readonly #pieces: Buffer[] = [];
  #receivedBytes = 0;
  #incoming: Peer['incoming'] = 'open';
  #said = '';

  constructor(pid: number, data: Socket, control: Socket) {
    this.#pid = pid;
    this.#data = data;
    let isOver = false;
    const conclude = (): void => {
      if (this.#said !== '' && isOver) this.#incoming = 'ended';
    };
    control.setEncoding('latin1').on('data', (text: string) => {
      this.#said += text;
      conclude();
    });
    // The process is gone, and has not said that its input ended.
    control.on('close', () => {
      if (this.#said === '') this.#incoming = 'reset';
    });
    control.on('end', () => control.end());
    data.on('data', (bytes: Buffer) => {
      this.#pieces.push(bytes);
      this.#receivedBytes += bytes.byteLength;
    });
    data.on('end', () => {
      isOver = true;
      conclude();
    });
  }

  get received(): Uint8Array {
    this.#received = Buffer.concat([this.#received, ...this.#pieces.splice(0)]);
    return this.#received;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get incoming(): Peer['incoming'] {
    return this.#incoming;
  }

  get pendingBytes(): number {
    return this.#data.writableLength;
  }

  write(bytes: Uint8Array): void {
    this.#data.write(bytes);
  }

  end(): void {
    this.#data.end();
  }

  reset(): void {
    process.kill(this.#pid, 'SIGKILL');
  }

  pause(): void {
    this.#data.pause();
  }

  resume(): void {
    this.#data.resume();
  }
}
