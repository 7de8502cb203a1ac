import type { Random } from '../base/random.js';
import { Violation } from '../chronicle/violation.js';
import type { ClientProcess } from '../processes/client-process.js';
import type { World } from '../worlds/world.js';
import type { ClientScript } from './client-script.js';
import type { ClientProgram, LocalSocket } from './local-socket.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A client that knows nothing of Lockstep: it follows its script on one connection, and reads every reply. */
export class ModelClient implements ClientProgram {
  /** What it calls its connection. */
  readonly name: string;
  readonly script: ClientScript;
  /** Requests in the order in which they were sent. */
  readonly sent: string[] = [];
  /** How it ended: the service half-closed, it was reset by the other side, or the client did it. */
  outcome: 'open' | 'ended' | 'reset' | 'abandoned' = 'open';
  readonly #world: World;
  readonly #random: Random;
  readonly #interceptor: ClientProcess;
  readonly #socket: LocalSocket;
  readonly #unanswered: string[] = [];
  #partial = '';
  #isSending = false;
  #hasHalfClosed = false;

  constructor(name: string, script: ClientScript, interceptor: ClientProcess, world: World, random: Random) {
    this.name = name;
    this.script = script;
    this.#world = world;
    this.#random = random;
    this.#interceptor = interceptor;
    this.#socket = interceptor.accept();
    this.#socket.readPace = script.readPace;
    this.#socket.bind(this);
    this.#arrange();
  }

  /** Requests whose reply has not come. */
  get unanswered(): number {
    return this.#unanswered.length;
  }

  /** Whether it has nothing more to do or to wait for, or only keeps its connection open. */
  get isDone(): boolean {
    if (this.outcome !== 'open') return true;
    return this.script.ending === 'stay' && this.#isFinished && this.#unanswered.length === 0;
  }

  /** Reads at once from here on. */
  hurry(): void {
    this.#socket.readPace = undefined;
    this.#arrange();
  }

  onData(bytes: Uint8Array): void {
    const lines = (this.#partial + decoder.decode(bytes)).split('\n');
    this.#partial = lines.pop()!;
    for (const line of lines) if (!line.startsWith('push ')) this.#reply(line);
    this.#arrange();
  }

  onEnd(): void {
    if (this.outcome !== 'open') return;
    this.outcome = 'ended';
    if (!this.#hasHalfClosed) this.#socket.end();
    const asked = this.#hasHalfClosed || this.sent.at(-1)?.endsWith(' q') === true;
    if (!asked || this.#unanswered.length > 0) {
      throw new Violation('C3', `${this.name} was ended with ${this.#unanswered.length} requests unanswered`);
    }
  }

  onReset(): void {
    if (this.outcome === 'open') this.outcome = 'reset';
  }

  get #isFinished(): boolean {
    return this.sent.length >= this.script.requests || (this.#world.isCalm && this.sent.length > 0);
  }

  /** Sends the next request when it is time to. */
  #arrange(): void {
    if (this.#isSending || this.outcome !== 'open' || this.#hasHalfClosed) return;
    const isLast = this.#isFinished;
    if (
      isLast
        ? this.#unanswered.length > 0 && this.script.ending !== 'half-close'
        : this.#unanswered.length >= this.script.depth
    )
      return;
    this.#isSending = true;
    const [low, high] = this.script.thinkMs;
    this.#world.scheduler.after(this.#random.delayMs(low, high), () => {
      this.#isSending = false;
      if (this.outcome !== 'open') return;
      if (this.#isFinished) return this.#finish();
      this.#request();
      this.#arrange();
    });
  }

  #finish(): void {
    switch (this.script.ending) {
      case 'half-close':
        this.#hasHalfClosed = true;
        return this.#socket.end();
      case 'reset':
        this.outcome = 'abandoned';
        return this.#socket.reset();
      case 'stay':
        return;
      default:
        // It asked the service to do it with its last request, unless the calm came before that one.
        if (/ [qx]$/.test(this.sent.at(-1) ?? '')) return;
        this.#hasHalfClosed = true;
        return this.#socket.end();
    }
  }

  #request(): void {
    const line = `${this.name}:${this.sent.length + 1} ${this.#chooseVerb()}`;
    this.sent.push(line);
    if (!line.endsWith(' n')) this.#unanswered.push(line);
    this.#world.chronicle.requested(line);
    const bytes = encoder.encode(`${line}\n`);
    const cut = this.#random.chance(0.2) ? this.#random.integer(1, bytes.byteLength - 1) : bytes.byteLength;
    this.#socket.write(bytes.subarray(0, cut));
    if (cut < bytes.byteLength) this.#socket.write(bytes.subarray(cut));
  }

  #chooseVerb(): string {
    const { ending, requests, bigReplyBytes } = this.script;
    const isLast = this.sent.length + 1 >= requests;
    if (isLast && ending === 'service-ends') return 'q';
    if (isLast && ending === 'service-resets') return 'x';
    if (bigReplyBytes > 0 && this.#random.chance(0.5)) return `b ${bigReplyBytes}`;
    if (this.#random.chance(0.1)) return 'n';
    return this.#random.chance(0.15) ? `p ${this.#random.pick(this.#world.clients).name}` : 'w';
  }

  /** A reply tells the request's place in the history, and repeats it. */
  #reply(reply: string): void {
    const line = this.#unanswered.shift();
    if (line === undefined || !reply.slice(reply.indexOf(' ') + 1).startsWith(line)) {
      throw new Violation('C1', `${this.name} read "${reply.slice(0, 60)}" for "${line ?? 'nothing'}"`);
    }
    this.#world.chronicle.answered(this.#interceptor, line, Number.parseInt(reply, 10));
  }
}
