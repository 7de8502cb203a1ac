import { connect, type Socket } from 'node:net';
import { until } from '@lockstep/testkit';

/** A client that writes bytes and keeps what comes, one character for each byte. */
export class RawClient {
  received = '';
  /** How the other side's stream stands. */
  incoming: 'open' | 'ended' | 'reset' = 'open';
  readonly socket: Socket;

  /** @param address `host:port` or `unix:/path` */
  constructor(address: string) {
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    const path = address.startsWith('unix:') ? address.slice('unix:'.length) : undefined;
    this.socket = path === undefined ? connect({ port, host: '127.0.0.1' }) : connect({ path });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => (this.received += text));
    this.socket.on('end', () => (this.incoming = 'ended'));
    this.socket.on('error', () => (this.incoming = 'reset'));
  }

  write(...texts: readonly string[]): void {
    this.socket.write(Buffer.from(texts.join(''), 'latin1'));
  }

  /** @throws Error if it does not come, as soon as nothing will come any more */
  async untilReceived(text: string): Promise<void> {
    const what = `the client has received ${JSON.stringify(text)}`;
    const received = (): string => `this: ${JSON.stringify(this.received.slice(-500))}`;
    await until(
      () => `${what}, but ${received()}`,
      () => this.received.includes(text) || this.incoming !== 'open',
    );
    if (!this.received.includes(text))
      throw new Error(`${what}: not before the end (${this.incoming}), but ${received()}`);
  }

  /** Waits until the other side closes. @returns all that came */
  async untilClosed(): Promise<string> {
    await until('the client is told that it is over', () => this.incoming !== 'open');
    this.socket.destroy();
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** The text of a response without what differs from one replica, and from one moment, to another. */
export function undated(response: string): string {
  return response.replaceAll(/Date: [^\r]*\r\n/g, '');
}
