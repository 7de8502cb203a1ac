import { LineConnection } from './line-connection.js';
import { until } from './until.js';

/** How often is looked whether more may be sent. */
const turnMs = 5;

/** What is counted up, how, and by how many. */
export interface CountingPlan {
  readonly port: number;
  readonly connections: number;
  /** How many requests a connection may have in flight: the first one 1, the next 2, and so on, and then from 1 again. */
  readonly depthMax: number;
  /** One request, with its terminator. The service answers it with one line, and the next number, from 1. */
  readonly request: string;
  /** Reads the number out of the reply. */
  readonly parse: (line: string) => number;
}

/**
 * Clients that have a service count, all at the same time, and note every reply. At the end each number has been seen once,
 * by one of them, or something was lost or doubled; and each has seen its own numbers grow, or something was reordered.
 */
export class CountingLoad {
  /** How many requests may be sent for the time being, by all connections together. */
  allowed: number;
  readonly #plan: CountingPlan;
  readonly #clients: CountingClient[] = [];
  readonly #seen = new Set<number>();
  readonly #findings: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #replied = 0;

  private constructor(plan: CountingPlan, allowed: number) {
    this.#plan = plan;
    this.allowed = allowed;
  }

  /** Opens the connections and begins. End it with `finish`, whatever happens. */
  static async start(plan: CountingPlan, allowed = Infinity): Promise<CountingLoad> {
    const load = new CountingLoad(plan, allowed);
    for (let index = 0; index < plan.connections; index += 1) await load.#addClient(1 + (index % plan.depthMax));
    load.#timer = setInterval(() => load.#clients.forEach((client) => load.#send(client)), turnMs);
    return load;
  }

  get replied(): number {
    return this.#replied;
  }

  /** Waits until so many requests are answered, or it is clear that they never will be. */
  async untilReplied(count: number): Promise<void> {
    await until(`${count} requests are answered`, () => this.#replied >= count || this.#isBroken);
  }

  /** Waits until this many more requests are answered than now. */
  async untilRepliedMore(count: number): Promise<void> {
    await this.untilReplied(this.#replied + count);
  }

  /**
   * Sends nothing more, waits for the replies that are due, and closes the connections.
   *
   * @returns what went wrong, in words; empty if nothing did
   */
  async finish(): Promise<readonly string[]> {
    clearInterval(this.#timer);
    this.allowed = 0;
    await this.untilReplied(this.#sent).catch((error: Error) => this.#findings.push(error.message));
    for (const [index, { connection, inFlight }] of this.#clients.entries()) {
      const { end } = connection;
      if (end !== 'open') this.#findings.push(`connection ${index}: ${String(end)}; ${inFlight} replies are missing`);
    }
    await Promise.all(this.#clients.map(({ connection }) => connection.close()));
    for (let value = 1; value <= this.#replied; value += 1) {
      if (!this.#seen.has(value)) this.#findings.push(`${value} was never seen, among ${this.#replied} replies`);
    }
    return this.#findings.slice(0, findingsMax);
  }

  /** Whether there is no use in waiting for more replies. */
  get #isBroken(): boolean {
    return this.#findings.length > 0 || this.#clients.some(({ connection }) => connection.end !== 'open');
  }

  async #addClient(depth: number): Promise<void> {
    const connection = await LineConnection.open(this.#plan.port);
    const client: CountingClient = { connection, depth, inFlight: 0, last: 0 };
    connection.onLine = (line) => this.#take(client, line);
    this.#clients.push(client);
  }

  #take(client: CountingClient, line: string): void {
    const value = this.#plan.parse(line);
    client.inFlight -= 1;
    this.#replied += 1;
    if (!Number.isInteger(value)) this.#findings.push(`the reply "${line}" is no number`);
    else if (this.#seen.has(value)) this.#findings.push(`${value} was seen twice`);
    else if (value <= client.last) this.#findings.push(`${value} came after ${client.last}`);
    this.#seen.add(value);
    client.last = value;
    this.#send(client);
  }

  #send(client: CountingClient): void {
    const count = Math.min(client.depth - client.inFlight, this.allowed - this.#sent);
    if (count <= 0) return;
    client.inFlight += count;
    this.#sent += count;
    client.connection.write(this.#plan.request.repeat(count));
  }
}

/** Of many findings the first tell the most. */
const findingsMax = 10;

interface CountingClient {
  readonly connection: LineConnection;
  readonly depth: number;
  inFlight: number;
  last: number;
}
