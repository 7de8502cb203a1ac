interface NaiveConnection {
  readonly number: number;
  readonly gated: boolean;
  open: boolean;
  busy: boolean;
  over: boolean;
  pauseWanted: boolean;
  paused: boolean;
  excused: boolean;
  silent: boolean;
}

/**
 * The rules of the executor in the plainest form that they can be written in: no batches, no clock (it is told which
 * gates timed out), and everything is looked at again after each event.
 */
export class NaiveExecutor {
  readonly given: string[] = [];
  executed = 0;
  cause = 0;
  readonly #connections = new Map<number, NaiveConnection>();
  #waiting: { order: number; kind: string; number: number; detail: string }[] = [];
  #accepted = 0;
  #turn: NaiveConnection | undefined;

  /** The connection that the head of the queue waits for. */
  get awaited(): number | undefined {
    return this.#blocker()?.number;
  }

  execute(order: number, operations: readonly string[]): void {
    this.#accepted = order;
    for (const operation of operations) {
      const [kind = '', number, detail = ''] = operation.split(' ');
      this.#waiting.push({ order, kind, number: Number(number), detail });
    }
    this.#proceed();
  }

  /** The service did something. */
  change(number: number, change: Partial<NaiveConnection>): void {
    const connection = this.#connections.get(number);
    if (!connection) return;
    Object.assign(connection, change);
    if (!works(connection)) connection.excused = false;
    this.#regulate(connection);
    this.#proceed();
  }

  pause(number: number, paused: boolean): void {
    const connection = this.#connections.get(number);
    if (!connection || (paused && connection.silent)) return;
    connection.pauseWanted = paused;
    this.#regulate(connection);
  }

  /** Whether anybody still wants to hear what the service says there. */
  isHeard(number: number): boolean {
    return this.#connections.get(number)?.silent === false;
  }

  #proceed(): void {
    for (;;) {
      const [next] = this.#waiting;
      const blocker = this.#blocker();
      if (next?.kind === 'reset' && (!blocker || blocker.number === next.number)) this.#beginReset(next.number);
      if (!next || this.#blocker()) break;
      this.#waiting.shift();
      this.cause = next.order;
      this.#give(next.kind, next.number, next.detail);
    }
    const [next] = this.#waiting;
    this.executed = next ? next.order - 1 : this.#accepted;
  }

  #blocker(): NaiveConnection | undefined {
    const [next] = this.#waiting;
    if (!next || next.kind === 'release') return undefined;
    const gated = next.kind === 'open' ? next.detail !== 'free' : this.#connections.get(next.number)?.gated;
    const turn = this.#turn;
    if (!gated) return undefined;
    if (turn && turn.number !== next.number && isAwaited(turn)) return turn;
    const own = this.#connections.get(next.number);
    return next.kind === 'reset' && own && isAwaited(own) ? own : undefined;
  }

  #beginReset(number: number): void {
    const connection = this.#connections.get(number);
    if (!connection?.gated) return;
    this.#turn = connection;
    this.#silence(connection);
  }

  #silence(connection: NaiveConnection): void {
    connection.silent = true;
    connection.pauseWanted = false;
    this.#regulate(connection);
  }

  /** A turn is read to its end. */
  #regulate(connection: NaiveConnection): void {
    const paused = connection.pauseWanted && !isAwaited(connection);
    if (connection.over || paused === connection.paused) return;
    connection.paused = paused;
    this.given.push(`${connection.number} ${paused ? 'pause' : 'resume'}`);
  }

  #give(kind: string, number: number, detail: string): void {
    const connection = this.#connections.get(number) ?? this.#open(number, detail !== 'free');
    if (connection.gated && kind !== 'release') this.#turn = connection;
    if (kind === 'release') this.#silence(connection);
    if (kind === 'reset') connection.silent = true;
    const calls: Record<string, string> = { open: 'connect', data: `send ${detail}`, release: 'end' };
    if (!connection.over) this.given.push(`${number} ${calls[kind] ?? kind}`);
    if (kind === 'reset') connection.over = true;
    if (kind !== 'open') connection.busy = true;
    if (kind === 'data' || kind === 'end' || kind === 'release') this.#regulate(connection);
  }

  #open(number: number, gated: boolean): NaiveConnection {
    const connection = {
      number,
      gated,
      open: false,
      busy: false,
      over: false,
      pauseWanted: false,
      paused: false,
      excused: false,
      silent: false,
    };
    this.#connections.set(number, connection);
    return connection;
  }
}

function works({ over, open, busy }: NaiveConnection): boolean {
  return !over && (!open || busy);
}

function isAwaited(connection: NaiveConnection): boolean {
  return connection.gated && works(connection) && !connection.excused;
}
