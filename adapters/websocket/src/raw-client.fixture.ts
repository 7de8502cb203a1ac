import { randomBytes } from 'node:crypto';
import { connectTcpPeer, until, type Peer } from '@lockstep/testkit';

/** What is written of a frame, right or wrong. */
export interface FrameBits {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly isLast?: boolean;
  /** The three reserved bits: 4 is RSV1. */
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** The length that the frame claims to have, if it is not its own. */
  readonly claimedLength?: bigint | undefined;
}

/** A frame that was read. */
export interface ReadFrame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly reserved: number;
  readonly payload: Buffer;
}

export const opcodes = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Puts a frame together, whatever is wrong with it. */
export function frame(bits: FrameBits): Buffer {
  const { opcode, payload = '', isLast = true, reserved = 0, isMasked = true } = bits;
  const bytes = Buffer.from(payload);
  const length = bits.claimedLength ?? BigInt(bytes.byteLength);
  const head = [(isLast ? 0x80 : 0) | (reserved << 4) | opcode];
  const maskBit = isMasked ? 0x80 : 0;
  const longer = Buffer.alloc(8);
  longer.writeBigUInt64BE(length);
  if (length < 126) head.push(maskBit | Number(length));
  else if (length < 65536) head.push(maskBit | 126, ...longer.subarray(6));
  else head.push(maskBit | 127, ...longer);
  if (!isMasked) return Buffer.concat([Buffer.from(head), bytes]);
  const mask = randomBytes(4);
  return Buffer.concat([Buffer.from(head), mask, bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** A client that writes bytes, and reads the frames that come. */
export class RawClient {
  readonly peer: Peer;

  private constructor(peer: Peer) {
    this.peer = peer;
  }

  static async open(address: string, bytes: Uint8Array): Promise<RawClient> {
    const client = new RawClient(await connectTcpPeer(address));
    client.peer.write(bytes);
    return client;
  }

  /** The lines of the head of the answer to the handshake; undefined while it has not come. */
  get answer(): string[] | undefined {
    const text = Buffer.from(this.peer.received).toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    return end < 0 ? undefined : text.slice(0, end).split('\r\n');
  }

  /** All frames that have come whole. */
  get frames(): ReadFrame[] {
    const received = Buffer.from(this.peer.received);
    const frames: ReadFrame[] = [];
    let at = received.indexOf('\r\n\r\n') + 4;
    while (at + 2 <= received.byteLength) {
      const [first = 0, second = 0] = received.subarray(at);
      const isLong = second === 127;
      const start = at + (isLong ? 10 : second === 126 ? 4 : 2);
      const length = isLong
        ? Number(received.readBigUInt64BE(at + 2))
        : second === 126
          ? received.readUInt16BE(at + 2)
          : second;
      if (start + length > received.byteLength) break;
      frames.push({
        opcode: first & 15,
        isLast: first > 127,
        reserved: (first >> 4) & 7,
        payload: received.subarray(start, start + length),
      });
      at = start + length;
    }
    return frames;
  }

  /** The code of the close frame; undefined while none has come. */
  get closeCode(): number | undefined {
    const close = this.frames.find(({ opcode }) => opcode === opcodes.close);
    return close?.payload.readUInt16BE(0);
  }

  send(...frames: readonly FrameBits[]): void {
    this.peer.write(Buffer.concat(frames.map(frame)));
  }

  async untilAnswered(): Promise<void> {
    await until('the handshake is answered', () => this.answer !== undefined);
  }
}

/** The bytes of a handshake, with these lines more. */
export function handshakeOf(headers: readonly string[] = []): Buffer {
  const lines = [
    'GET /chat?room=1 HTTP/1.1',
    'Host: chat.example',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
