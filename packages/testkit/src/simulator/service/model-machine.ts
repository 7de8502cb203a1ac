/** What the model service puts out on one connection. `end`: it half-closes. `reset`: it breaks the connection. */
export type ModelOutput =
  | { readonly connection: string; readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly connection: string; readonly kind: 'end' | 'reset' };

interface ModelConnection {
  /** What came after the last newline. */
  partial: string;
  /** What the client calls its connection, from its first request on; others push to it under this name. */
  name: string | undefined;
  /** The service has half-closed or broken it: what still comes is read and thrown away. */
  over: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The service that the simulated replicas run: one history, to which every request of every connection is appended. A
 * reply tells the request's place in the history and a hash over everything up to it, so whatever is lost, doubled or
 * reordered anywhere shows in the replies.
 *
 * A request is a line `<connection name>:<number> <verb>`. The verbs: `w` (reply), `n` (no reply), `p <name>` (reply, and
 * push a line to another connection), `b <size>` (a big reply), `q` (reply, then half-close), `x` (reply, then reset).
 */
export class ModelMachine {
  /** The history. */
  readonly requests: string[] = [];
  #hash = 0;
  readonly #connections = new Map<string, ModelConnection>();
  readonly #byName = new Map<string, string>();

  /** Equal digests mean equal histories. */
  get digest(): string {
    return `${this.requests.length}/${(this.#hash >>> 0).toString(16)}`;
  }

  open(connection: string): void {
    this.#connections.set(connection, { partial: '', name: undefined, over: false });
  }

  data(connection: string, bytes: Uint8Array): ModelOutput[] {
    const state = this.#connections.get(connection);
    if (state === undefined || state.over) return [];
    const lines = (state.partial + decoder.decode(bytes)).split('\n');
    state.partial = lines.pop()!;
    return lines.flatMap((line) => this.#request(connection, state, line));
  }

  /** The client has half-closed: what is left of its input is a request as well, and the service half-closes. */
  end(connection: string): ModelOutput[] {
    const state = this.#connections.get(connection);
    if (state === undefined || state.over) return [];
    const last = state.partial === '' ? [] : this.#request(connection, state, state.partial);
    if (state.over) return last;
    state.over = true;
    return [...last, { connection, kind: 'end' }];
  }

  /** The client has broken the connection. */
  reset(connection: string): void {
    const state = this.#connections.get(connection);
    if (state !== undefined) state.over = true;
  }

  #request(connection: string, state: ModelConnection, line: string): ModelOutput[] {
    if (state.over) return [];
    const [subject = '', verb = '', argument = ''] = line.split(' ');
    state.name ??= subject.slice(0, subject.lastIndexOf(':'));
    this.#byName.set(state.name, connection);
    this.#append(line);
    if (verb === 'n') return [];
    const padding = verb === 'b' ? '.'.repeat(Number(argument)) : '';
    const outputs: ModelOutput[] = [lineTo(connection, `${this.digest} ${line}${padding}`)];
    if (verb === 'p') outputs.push(...this.#push(argument, line));
    if (verb === 'q' || verb === 'x') {
      state.over = true;
      outputs.push({ connection, kind: verb === 'q' ? 'end' : 'reset' });
    }
    return outputs;
  }

  #push(name: string, line: string): ModelOutput[] {
    const connection = this.#byName.get(name);
    if (connection === undefined || this.#connections.get(connection)?.over !== false) return [];
    return [lineTo(connection, `push ${this.digest} ${line}`)];
  }

  #append(line: string): void {
    this.requests.push(line);
    for (let index = 0; index < line.length; index++) {
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(index), 0x01000193) + this.requests.length;
    }
  }
}

function lineTo(connection: string, text: string): ModelOutput {
  return { connection, kind: 'data', bytes: encoder.encode(`${text}\n`) };
}
