import { connect, type Socket } from 'node:net';
import type { Address } from './load-order.js';

const connectTimeoutMs = 60_000;

interface Question {
  /** How many bytes have come when it is answered. */
  readonly through: number;
  readonly onAnswered: () => void;
}

/** A client's connection on which every batch of requests has the same answer, which is compared byte by byte. */
export class LoadConnection {
  readonly #socket: Socket;
  readonly #questions: Question[] = [];
  /** The answer, again and again, so that it can be compared with any chunk. */
  #expected: Buffer = Buffer.alloc(0);
  #answerBytes = 1;
  #askedBytes = 0;
  #receivedBytes = 0;
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('close', () => {
      if (!this.#isClosed) throw new Error('A connection was closed.');
    });
  }

  /** @throws Error if nobody accepts it */
  static open(address: Address): Promise<LoadConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...address, noDelay: true });
      const refuse = (error: Error): void => {
        socket.destroy();
        reject(error);
      };
      socket.setTimeout(connectTimeoutMs, () => refuse(new Error('Nobody accepts connections.')));
      socket.once('error', refuse);
      socket.once('connect', () => {
        socket.setTimeout(0);
        socket.off('error', refuse);
        resolve(new LoadConnection(socket));
      });
    });
  }

  get isIdle(): boolean {
    return this.#questions.length === 0;
  }

  /** What is answered to each batch from here on. Only while it is idle. */
  expect(answer: Buffer): void {
    this.#answerBytes = answer.byteLength;
    this.#askedBytes = 0;
    this.#receivedBytes = 0;
    this.#expected = answer;
  }

  /** Sends a batch. Batches are answered in order. */
  ask(batch: Buffer, onAnswered: () => void): void {
    this.#askedBytes += this.#answerBytes;
    this.#questions.push({ through: this.#askedBytes, onAnswered });
    this.#socket.write(batch);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#receivedBytes + chunk.byteLength > this.#askedBytes)
      throw new Error('More came back than was asked for.');
    this.#check(chunk);
    this.#receivedBytes += chunk.byteLength;
    while (this.#questions.length > 0 && this.#questions[0]!.through <= this.#receivedBytes) {
      this.#questions.shift()!.onAnswered();
    }
  }

  #check(chunk: Buffer): void {
    const start = this.#receivedBytes % this.#answerBytes;
    while (this.#expected.byteLength < start + chunk.byteLength) {
      this.#expected = Buffer.concat([this.#expected, this.#expected]);
    }
    if (this.#expected.compare(chunk, 0, chunk.byteLength, start, start + chunk.byteLength) === 0) return;
    throw new Error(`Not what was to come back: ${chunk.toString('latin1').slice(0, 200)}`);
  }
}
