import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { until } from '../support/until.js';

/** A line of the chat, as everybody is told it. */
export interface ChatLine {
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/** How many lines a client may have said that it has not been told yet. */
const unheardMax = 8;

/** Somebody in the chat of `examples/websocket-chat`, at the client interceptor or at one of the services itself. */
export class ChatClient {
  /** All that was told, in its order. */
  readonly lines: ChatLine[] = [];
  /** The code that the connection was closed with; undefined while it is open. */
  closeCode: number | undefined;
  readonly #name: string;
  readonly #socket: WebSocket;
  #said = 0;
  #heard = 0;

  private constructor(name: string, socket: WebSocket) {
    this.#name = name;
    this.#socket = socket;
    socket.on('message', (message: Buffer) => {
      const line = JSON.parse(message.toString()) as ChatLine;
      this.lines.push(line);
      if (line.name === name) this.#heard += 1;
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => (this.closeCode = code));
  }

  /** @throws Error if it is not let in */
  static async enter(port: number, name: string): Promise<ChatClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat?name=${name}`);
    const client = new ChatClient(name, socket);
    await once(socket, 'open');
    return client;
  }

  /** Says `NAME 1`, `NAME 2` and so on, and waits until it has been told all of that. */
  async sayLines(count: number): Promise<void> {
    const target = this.#said + count;
    await until(`${this.#name} has said and heard ${target} lines`, () => {
      if (this.closeCode !== undefined) throw new Error(`${this.#name} was disconnected: ${this.closeCode}`);
      for (; this.#said < target && this.#said - this.#heard < unheardMax; this.#said += 1) {
        this.#socket.send(`${this.#name} ${this.#said + 1}`);
      }
      return this.#heard >= target;
    });
  }

  /** Waits until it has been told so many lines. */
  async untilTold(count: number): Promise<void> {
    await until(`${this.#name} is told ${count} lines`, () => this.lines.length >= count);
  }

  async leave(): Promise<void> {
    if (this.closeCode !== undefined) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close(1000);
    await closed;
  }
}

/**
 * What is wrong with what somebody was told, in words: lines must come once, in order and without a gap, and what each
 * one has said in the order in which he has said it.
 */
export function findChatFaults(lines: readonly ChatLine[]): string[] {
  const last = new Map<string, number>();
  return lines.flatMap(({ number, name, text }, index) => {
    const said = Number(text.split(' ')[1]);
    const expected = (last.get(name) ?? 0) + 1;
    last.set(name, said);
    return [
      ...(number === index + 1 ? [] : [`line ${number} came as number ${index + 1}`]),
      ...(said === expected ? [] : [`"${text}" came where "${name} ${expected}" was due`]),
    ];
  });
}

/** What a service itself tells whoever comes, as one text. */
export async function historyAt(port: number, count: number): Promise<string> {
  const reader = await ChatClient.enter(port, 'reader');
  try {
    await reader.untilTold(count);
    return JSON.stringify(reader.lines);
  } finally {
    await reader.leave();
  }
}

/** Enters, sends these bytes as they are, and waits for the end. @returns the code of the close frame that came */
export async function closeCodeFor(port: number, bytes: readonly number[]): Promise<number> {
  const handshake = [
    'GET /chat?name=bad HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const socket = connect(port, '127.0.0.1');
  socket.write(`${handshake.join('\r\n')}\r\n\r\n`);
  socket.write(Uint8Array.from(bytes));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const received = Buffer.concat(chunks);
  return received.readUInt16BE(received.lastIndexOf(Uint8Array.of(0x88, 2)) + 2);
}
