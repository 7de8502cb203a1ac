import type {
  ClientId,
  ConnectionNumber,
  Epoch,
  IncarnationId,
  OrderNumber,
  Position,
  SubmissionNumber,
  View,
  ViewNumber,
} from '@lockstep/contracts';
import type { Attached, News, Output, OutputSegment, Progress } from './client-link.js';
import type { Acknowledgement, Command, Entry } from './entry.js';
import { connectionLimits } from './limits.js';
import { Replica } from './replica.js';
import type { ConnectionKey, ReplicaEffect, ReplicaInput, ReplicaSettings } from './replica-io.js';

export const k = 'k' as ClientId;
export const a1 = 'a/1' as IncarnationId;
export const b1 = 'b/1' as IncarnationId;

export const replicaSettings: ReplicaSettings = {
  endpoints: ['kv'],
  suspectAfterMs: 1000,
  heartbeatMs: 200,
  expireClientAfterMs: 10_000,
  connectionWindowBytes: 1000,
  processCacheBytes: 100_000,
  maxConnections: 3,
};

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function viewOf(
  number: number,
  members: readonly IncarnationId[],
  witnesses: readonly IncarnationId[] = [],
): View {
  return {
    genesis: 'g',
    number: number as ViewNumber,
    members: members.map((incarnation) => ({ incarnation, witness: witnesses.includes(incarnation) })),
    learners: [],
    start: 0 as OrderNumber,
  };
}

export function keyOf(text: string): ConnectionKey {
  return text as ConnectionKey;
}

export function attach(
  epoch: number,
  member: IncarnationId,
  more: { established?: boolean; received?: Acknowledgement[] } = {},
): Entry {
  const { established = false, received = [] } = more;
  return { kind: 'attach', client: k, epoch: epoch as Epoch, member, established, received };
}

export function commands(epoch: number, ...steps: Command[]): Extract<Entry, { kind: 'commands' }> {
  return { kind: 'commands', client: k, epoch: epoch as Epoch, commands: steps };
}

export function detach(epoch: number): Entry {
  return { kind: 'detach', client: k, epoch: epoch as Epoch };
}

export function expire(epoch: number): Entry {
  return { kind: 'expire', client: k, epoch: epoch as Epoch };
}

export function open(connection: number, endpoint = 'kv'): Command {
  return { kind: 'open', connection: connection as ConnectionNumber, endpoint };
}

export function data(connection: number, position: number, text: string): Command {
  const payload = bytes(text);
  const length = payload.byteLength;
  return { kind: 'data', connection: connection as ConnectionNumber, position: position as Position, length, payload };
}

/** One unit that cannot be cut. */
export function message(connection: number, position: number, text: string, length = 1): Command {
  const place = { connection: connection as ConnectionNumber, position: position as Position };
  return { kind: 'data', ...place, length, payload: bytes(text) };
}

export function end(connection: number, position: number): Command {
  return { kind: 'end', connection: connection as ConnectionNumber, position: position as Position };
}

export function reset(connection: number): Command {
  return { kind: 'reset', connection: connection as ConnectionNumber };
}

export function acknowledgement(connection: number, position: number, ended = false): Acknowledgement {
  return { connection: connection as ConnectionNumber, position: position as Position, ended };
}

export function acknowledge(connection: number, position: number, ended = false): Command {
  return { kind: 'acknowledge', ...acknowledgement(connection, position, ended) };
}

export function piece(connection: number, position: number, text: string): OutputSegment {
  const payload = bytes(text);
  const place = { connection: connection as ConnectionNumber, position: position as Position };
  return { kind: 'data', ...place, length: payload.byteLength, payload };
}

export function finish(kind: 'end' | 'reset', connection: number, position: number): OutputSegment {
  return { kind, connection: connection as ConnectionNumber, position: position as Position };
}

export function output(epoch: number, ...segments: OutputSegment[]): Output {
  return { kind: 'output', epoch: epoch as Epoch, segments, news: undefined };
}

/** @param taken pairs of connection and position */
export function withNews(message: Output, stableBatches: number, ...taken: [number, number][]): Output {
  return { ...message, news: newsOf(stableBatches, taken) };
}

/** @param taken pairs of connection and position */
export function progress(epoch: number, stableBatches: number, ...taken: [number, number][]): Progress {
  return { kind: 'progress', epoch: epoch as Epoch, ...newsOf(stableBatches, taken) };
}

function newsOf(stableBatches: number, taken: readonly [number, number][]): News {
  return {
    stableBatches,
    taken: taken.map(([connection, position]) => ({
      connection: connection as ConnectionNumber,
      position: position as Position,
    })),
  };
}

/** @param connections connection, input, taken of each */
export function attached(
  epoch: number,
  order: number,
  next: number,
  ...connections: [number, number, number][]
): Attached {
  return {
    kind: 'attached',
    epoch: epoch as Epoch,
    order: order as OrderNumber,
    connections: connections.map(([connection, input, taken]) => ({
      connection: connection as ConnectionNumber,
      input: input as Position,
      taken: taken as Position,
    })),
    nextConnection: next as ConnectionNumber,
    view: viewOf(1, [a1, b1]),
  };
}

/** One replica, driven by hand. */
export class ReplicaBench {
  readonly replica: Replica;
  now = 0;
  #order = 0;
  #encoded = 0;

  constructor(self: IncarnationId = a1, settings: Partial<ReplicaSettings> = {}) {
    this.replica = new Replica(self, { ...replicaSettings, ...settings });
    this.tell({ kind: 'view', view: viewOf(1, [a1, b1]), role: 'member' });
  }

  tell(input: ReplicaInput): readonly ReplicaEffect[] {
    return this.replica.step(input, this.now);
  }

  /** The next entries of the order. */
  order(...entries: (Entry | undefined)[]): readonly ReplicaEffect[] {
    const ordered = entries.map((entry) => {
      const order = ++this.#order as OrderNumber;
      return { order, sender: a1, submission: order as number as SubmissionNumber, entry };
    });
    return this.tell({ kind: 'ordered', entries: { length: ordered.length, read: () => ordered } });
  }

  stable(through: number = this.#order): readonly ReplicaEffect[] {
    return this.tell({ kind: 'stable', through: through as OrderNumber });
  }

  /** Entries that are stable at once. */
  settle(...entries: Entry[]): readonly ReplicaEffect[] {
    return [...this.order(...entries), ...this.stable()];
  }

  flush(): readonly ReplicaEffect[] {
    return this.tell({ kind: 'flush' });
  }

  at(now: number): readonly ReplicaEffect[] {
    this.now = now;
    return this.tell({ kind: 'tick' });
  }

  /** Time passes, until what nobody waits for is executed too. */
  later(): readonly ReplicaEffect[] {
    return this.at(this.now + connectionLimits.deferMsMax);
  }

  linkUp(): readonly ReplicaEffect[] {
    return this.tell({ kind: 'client-link-up', client: k });
  }

  ask(epoch: number, established = false): readonly ReplicaEffect[] {
    const request = { kind: 'attach', epoch: epoch as Epoch, established, received: [] } as const;
    return this.tell({ kind: 'client-messages', client: k, messages: [request] });
  }

  /** The client sends a batch; the bytes are different each time. */
  send(epoch: number, ...steps: Command[]): readonly ReplicaEffect[] {
    return this.#send(epoch, steps, false);
  }

  /** The beginning of a batch, which the link has cut. */
  sendPart(epoch: number, ...steps: Command[]): readonly ReplicaEffect[] {
    return this.#send(epoch, steps, true);
  }

  /** A client that is attached here, in epoch 1, with one connection, `k:1@2`. */
  attached(): this {
    this.linkUp();
    this.ask(1);
    this.settle(attach(1, a1));
    this.send(1, open(1));
    this.settle(commands(1, open(1)));
    this.flush();
    return this;
  }

  output(text: string, cause: number, connection = 'k:1@2'): readonly ReplicaEffect[] {
    const payload = bytes(text);
    const segment = { length: payload.byteLength, payload };
    return this.tell({ kind: 'output', connection: keyOf(connection), segment, cause: cause as OrderNumber });
  }

  #send(epoch: number, steps: readonly Command[], isPart: boolean): readonly ReplicaEffect[] {
    const encoded = Uint8Array.of(++this.#encoded);
    const entry = commands(epoch, ...steps);
    return this.tell({ kind: 'client-messages', client: k, messages: [{ kind: 'commands', entry, encoded, isPart }] });
  }
}
