import { readFile } from 'node:fs/promises';
import { endPointsText, type SocketEnds } from './socket-ends.js';

/** How much of what was sent to the service is still on its way. */
export interface SocketQueues {
  /** Bytes in the service's receive queue: it has not read them yet. */
  readonly unread: number;
  /** Bytes in our send queue: not sent, or not acknowledged by the other kernel yet. */
  readonly unacknowledged: number;
}

/** Reads one of the kernel's tables of sockets, or gives undefined where there is none. */
export type TableReader = (path: '/proc/net/tcp' | '/proc/net/tcp6') => Promise<string | undefined>;

/**
 * The kernel's tables of sockets, in which the queues at both ends of a connection on this machine can be read off.
 * Several who look at the same time share one reading, which begins after the last of them has asked.
 */
export class SocketTables {
  readonly #v4: SharedReading;
  readonly #v6: SharedReading;

  constructor(read: TableReader = readTable) {
    this.#v4 = new SharedReading(() => read('/proc/net/tcp'));
    this.#v6 = new SharedReading(() => read('/proc/net/tcp6'));
  }

  /**
   * Looks the queues up now.
   *
   * @param ends the addresses of our end of the connection
   * @returns undefined where the tables do not show both ends: the other end is on another machine or in another network
   *   namespace, or the system has no such tables
   * @throws when the tables cannot be read at the moment
   */
  async look(ends: SocketEnds): Promise<SocketQueues | undefined> {
    const text = endPointsText(ends);
    if (text === undefined) return undefined;
    const ownTable = await (text.family === 4 ? this.#v4 : this.#v6).next();
    if (ownTable === undefined) return undefined;
    const own = findQueues(ownTable, text.local, text.remote);
    if (own === undefined) return undefined;
    const service =
      findQueues(ownTable, text.remote, text.local) ??
      (text.mapped && findQueues((await this.#v6.next()) ?? '', text.mapped.remote, text.mapped.local));
    return service && { unread: service.receive, unacknowledged: own.send };
  }
}

/** Runs one reading at a time. Who asks while one runs gets the next one, together with all others who ask meanwhile. */
class SharedReading {
  readonly #read: () => Promise<string | undefined>;
  #running: Promise<string | undefined> | undefined;
  #next: Promise<string | undefined> | undefined;

  constructor(read: () => Promise<string | undefined>) {
    this.#read = read;
  }

  next(): Promise<string | undefined> {
    if (this.#running === undefined) return this.#start();
    const start = (): Promise<string | undefined> => this.#start();
    this.#next ??= this.#running.then(start, start);
    return this.#next;
  }

  #start(): Promise<string | undefined> {
    this.#next = undefined;
    const reading = this.#read().finally(() => {
      if (this.#running === reading) this.#running = undefined;
    });
    this.#running = reading;
    return reading;
  }
}

/** `sl local remote state send:receive …`, the numbers in hexadecimal. */
function findQueues(table: string, local: string, remote: string): { send: number; receive: number } | undefined {
  const ends = ` ${local} ${remote} `;
  const start = table.indexOf(ends);
  if (start === -1) return undefined;
  const match = /^[0-9A-F]{2} ([0-9A-F]{8}):([0-9A-F]{8})/.exec(
    table.slice(start + ends.length, start + ends.length + 20),
  );
  return match ? { send: parseInt(match[1] ?? '', 16), receive: parseInt(match[2] ?? '', 16) } : undefined;
}

async function readTable(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES') return undefined;
    throw error;
  }
}
