import type {
  ClientId,
  ConnectionNumber,
  IncarnationId,
  MemberName,
  OrderNumber,
  View,
  ViewNumber,
} from '@lockstep/contracts';
import type { MemberToClient } from '../connections/client-link.js';
import type { Command } from '../connections/entry.js';
import { attached, bytes, commands, progress } from '../connections/replica-bench.fixture.js';
import { ClientEngine } from './client-engine.js';
import type { ClientEffect, ClientInput, ClientSettings } from './client-io.js';

export const [a, b, c] = ['a', 'b', 'c'] as [MemberName, MemberName, MemberName];

export const clientSettings: ClientSettings = {
  members: [a, b, c],
  suspectAfterMs: 1000,
  heartbeatMs: 200,
  giveUpAfterMs: 30_000,
  connectionWindowBytes: 1000,
  processCacheBytes: 100_000,
  maxConnections: 3,
};

export function viewWith(number: number, ...members: string[]): View {
  return {
    genesis: 'g',
    number: number as ViewNumber,
    members: members.map((member) => ({ incarnation: `${member}/1` as IncarnationId, witness: member === 'w' })),
    learners: [],
    start: 0 as OrderNumber,
  };
}

/** A batch on its way to a member. */
export function batch(member: MemberName, epoch: number, ...steps: Command[]): ClientEffect {
  return { kind: 'send-commands', member, entry: commands(epoch, ...steps) };
}

/** One client engine, driven by hand. */
export class ClientBench {
  readonly engine: ClientEngine;
  now = 0;
  #token = 0;

  constructor(settings: Partial<ClientSettings> = {}) {
    this.engine = new ClientEngine('k' as ClientId, { ...clientSettings, ...settings });
  }

  tell(input: ClientInput): readonly ClientEffect[] {
    return this.engine.step(input, this.now);
  }

  /** What was done about an input, reports left aside. */
  done(input: ClientInput): readonly ClientEffect[] {
    return this.tell(input).filter(({ kind }) => kind !== 'report');
  }

  at(now: number): readonly ClientEffect[] {
    this.now = now;
    return this.done({ kind: 'tick' });
  }

  flush(): readonly ClientEffect[] {
    return this.tell({ kind: 'flush' });
  }

  accept(endpoint = 'kv'): readonly ClientEffect[] {
    return this.tell({ kind: 'accept', token: ++this.#token, endpoint });
  }

  send(connection: number, text: string): readonly ClientEffect[] {
    const payload = bytes(text);
    const segment = { length: payload.byteLength, payload };
    return this.tell({ kind: 'segment', connection: connection as ConnectionNumber, segment });
  }

  message(connection: number, payload: Uint8Array): readonly ClientEffect[] {
    return this.tell({ kind: 'segment', connection: connection as ConnectionNumber, segment: { length: 1, payload } });
  }

  /** Something without further details happens to a connection. */
  happens(kind: 'end' | 'reset' | 'closed', connection: number): readonly ClientEffect[] {
    return this.tell({ kind, connection: connection as ConnectionNumber });
  }

  taken(connection: number, units: number): readonly ClientEffect[] {
    return this.tell({ kind: 'taken', connection: connection as ConnectionNumber, units });
  }

  receive(member: MemberName, ...messages: MemberToClient[]): readonly ClientEffect[] {
    return this.done({ kind: 'receive', member, messages });
  }

  linkUp(member: MemberName): readonly ClientEffect[] {
    return this.done({ kind: 'link-up', member });
  }

  linkDown(member: MemberName): readonly ClientEffect[] {
    return this.done({ kind: 'link-down', member });
  }

  /** Started, and attached to `a` in epoch 1, with no connection yet. */
  attached(): this {
    this.tell({ kind: 'start' });
    this.linkUp(a);
    this.receive(a, { ...attached(1, 1, 1), view: viewWith(1, 'a', 'b', 'c') });
    return this;
  }

  /** As `attached`, with connection 1 open, which is stable. */
  opened(): this {
    this.attached();
    this.accept();
    this.flush();
    this.receive(a, progress(1, 1));
    return this;
  }
}
