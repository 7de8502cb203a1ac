import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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
    const word: ControlWord = { hasEnded: false, isGone: false };
    socket.once('close', () => (word.isGone = true));
    createInterface({ input: socket }).on('line', (line) => {
      if (line === 'ended') {
        word.hasEnded = true;
        return;
      }
      const [pid = 0, port = 0] = line.split(' ').map(Number);
      void until('its other connection is accepted', () => streams.has(port)).then(() => {
        const peer = new ProgramPeer(pid, streams.get(port) as Socket, word);
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

/** What a program has said on its second connection. */
interface ControlWord {
  /** Its input has ended. */
  hasEnded: boolean;
  /** The process is gone. */
  isGone: boolean;
}

/** A program of the fixture. */
class ProgramPeer implements Peer {
  readonly #pid: number;
  readonly #data: Socket;
  readonly #word: ControlWord;
  #received: Buffer = Buffer.alloc(0);
  readonly #pieces: Buffer[] = [];
  #receivedBytes = 0;
  #isOver = false;

  constructor(pid: number, data: Socket, word: ControlWord) {
    this.#pid = pid;
    this.#data = data;
    this.#word = word;
    data.on('data', (bytes: Buffer) => {
      this.#pieces.push(bytes);
      this.#receivedBytes += bytes.byteLength;
    });
    data.on('end', () => (this.#isOver = true));
  }

  get received(): Uint8Array {
    this.#received = Buffer.concat([this.#received, ...this.#pieces.splice(0)]);
    return this.#received;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get incoming(): Peer['incoming'] {
    if (this.#word.hasEnded) return this.#isOver ? 'ended' : 'open';
    return this.#word.isGone ? 'reset' : 'open';
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
