import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from './until.js';

/** How a connection came to its end. */
export type ConnectionEnd = 'open' | 'ended by the server' | 'ended by the client' | Error;

/** A client of a line protocol, as plain as can be: it writes text, and keeps the lines that come. */
export class LineConnection {
  /** Called for each line, if set; then lines are not kept for `ask`. */
  onLine: ((line: string) => void) | undefined;
  /** All lines that came, without their terminators, and were not taken. */
  readonly #lines: string[] = [];
  readonly #socket: Socket;
  #end: ConnectionEnd = 'open';
  #partial = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => (this.#end = error));
    socket.on('end', () => {
      if (this.#end === 'open') this.#end = 'ended by the server';
    });
  }

  /**
   * @param place a port of the loopback, or the path of a unix socket
   * @throws Error if nobody listens there
   */
  static async open(place: number | string): Promise<LineConnection> {
    const socket = connect(typeof place === 'number' ? { port: place, host: '127.0.0.1' } : { path: place });
    await once(socket, 'connect');
    return new LineConnection(socket);
  }

  /** Whether it is open, and if not, how it came to its end. */
  get end(): ConnectionEnd {
    return this.#end;
  }

  /** Writes text as it is. */
  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Writes one line and waits for one line. */
  async ask(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.#nextLine(line);
  }

  /** Writes one line and waits for several, up to the one that says that it is the last. */
  async askForLines(line: string, last: string): Promise<string[]> {
    this.write(`${line}\r\n`);
    const lines: string[] = [];
    while (lines.at(-1) !== last) lines.push(await this.#nextLine(line));
    return lines;
  }

  /** Stops reading, so that what comes stays where it is. */
  pause(): void {
    this.#socket.pause();
  }

  /** Undoes `pause`. */
  resume(): void {
    this.#socket.resume();
  }

  /** Ends it from this side, and waits until the other side has done so too. */
  async close(): Promise<void> {
    if (this.#end === 'open') this.#end = 'ended by the client';
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.end();
    await closed;
  }

  async #nextLine(request: string): Promise<string> {
    return until(`"${request}" is answered`, () => {
      const isOver = this.#lines.length === 0 && this.#end !== 'open';
      if (isOver) throw new Error(`"${request}" was not answered; the connection: ${String(this.#end)}`);
      return this.#lines.shift();
    });
  }

  #take(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) {
      const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (this.onLine) this.onLine(bare);
      else this.#lines.push(bare);
    }
  }
}

/** Asks one question over a connection of its own. */
export async function askOnce(port: number, line: string): Promise<string> {
  const connection = await LineConnection.open(port);
  const answer = await connection.ask(line);
  await connection.close();
  return answer;
}
