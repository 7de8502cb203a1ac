import { expect } from 'chai';
import type { IncarnationId, MemberName, OrderNumber, View } from '@lockstep/contracts';
import { Member } from './member.js';
import type { GroupSettings, MemberEffect, MemberInput } from './member-io.js';

/** Members with links that deliver at once, in order; a test cuts, kills and restarts by hand. */
export class Cluster {
  readonly members = new Map<IncarnationId, Member>();
  readonly ordered = new Map<IncarnationId, string[]>();
  readonly stable = new Map<IncarnationId, number>();
  readonly views = new Map<IncarnationId, View>();
  readonly roles = new Map<IncarnationId, string>();
  readonly ended = new Map<IncarnationId, string>();
  /** What each has said about its quorum, in order. */
  readonly quorums = new Map<IncarnationId, boolean[]>();
  readonly fences: IncarnationId[] = [];
  /** Whose services execute nothing of what is ordered. */
  readonly stuck = new Set<IncarnationId>();
  /** What these send is lost. */
  readonly muted = new Set<IncarnationId>();
  readonly #links = new Set<string>();
  #queue: (() => void)[] = [];
  now = 0;

  constructor(readonly settings: GroupSettings) {}

  start(name: string, life = 1, bootstrap = false): IncarnationId {
    const id = `${name}/${life}` as IncarnationId;
    const witness = this.settings.members.find((member) => member.name === name)!.witness;
    this.members.set(id, new Member({ incarnation: id, witness }, this.settings));
    this.ordered.set(id, []);
    this.step(id, { kind: 'start', bootstrap });
    for (const other of this.members.keys()) if (other !== id) this.link(id, other);
    this.settle();
    return id;
  }

  link(one: IncarnationId, other: IncarnationId): void {
    this.#links.add(`${one} ${other}`).add(`${other} ${one}`);
    this.step(one, { kind: 'link-up', peer: other });
    this.step(other, { kind: 'link-up', peer: one });
  }

  cut(one: IncarnationId, other: IncarnationId): void {
    this.#links.delete(`${one} ${other}`);
    this.#links.delete(`${other} ${one}`);
    this.step(one, { kind: 'link-down', peer: other });
    this.step(other, { kind: 'link-down', peer: one });
  }

  kill(id: IncarnationId): void {
    this.members.delete(id);
    for (const other of [...this.members.keys()]) {
      this.#links.delete(`${other} ${id}`);
      this.step(other, { kind: 'link-down', peer: id });
      this.step(other, { kind: 'gone', peer: id });
    }
    this.settle();
  }

  submit(id: IncarnationId, ...entries: string[]): void {
    this.step(id, { kind: 'submit', entries: entries.map((entry) => new TextEncoder().encode(entry)) });
    this.settle();
  }

  step(id: IncarnationId, input: MemberInput): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    for (const effect of member.step(input, this.now)) this.#run(id, effect);
  }

  /** Delivers and flushes until nothing moves. */
  settle(): void {
    do {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();
      for (const id of this.members.keys()) this.step(id, { kind: 'flush' });
    } while (this.#queue.length > 0);
  }

  pass(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now < end;) {
      this.now += 10;
      for (const id of this.members.keys()) this.step(id, { kind: 'tick' });
      this.settle();
    }
  }

  #run(id: IncarnationId, effect: MemberEffect): void {
    if (effect.kind === 'send') {
      for (const peer of effect.to) {
        if (!this.#links.has(`${id} ${peer}`)) continue;
        this.#queue.push(() => {
          if (this.#links.has(`${id} ${peer}`) && !this.muted.has(id))
            this.step(peer, { kind: 'receive', peer: id, messages: [effect.message] });
        });
      }
    } else if (effect.kind === 'ordered') {
      const log = this.ordered.get(id)!;
      expect(effect.ordered.first, 'no gap').to.equal(log.length + 1);
      for (const run of effect.ordered.runs) {
        let offset = 0;
        for (const length of run.lengths)
          log.push(new TextDecoder().decode(run.payload.subarray(offset, (offset += length))));
      }
      if (!this.stuck.has(id)) this.step(id, { kind: 'executed', through: log.length as OrderNumber });
    } else if (effect.kind === 'stable') this.stable.set(id, effect.through);
    else if (effect.kind === 'view') {
      this.views.set(id, effect.view);
      this.roles.set(id, effect.role);
    } else if (effect.kind === 'excluded') this.ended.set(id, effect.left ? 'left' : effect.reason);
    else if (effect.kind === 'fence') this.fences.push(effect.target);
    else if (effect.kind === 'quorum') this.quorums.set(id, [...(this.quorums.get(id) ?? []), effect.heard]);
  }
}

interface ClusterOptions {
  witness?: string;
  fence?: boolean;
  /** Default: 1 GiB. */
  historyBytesMax?: number;
}

export function settings(names: string, options: ClusterOptions = {}): GroupSettings {
  return {
    members: [...names].map((name) => ({ name: name as MemberName, witness: name === options.witness })),
    timing: { suspectAfterMs: 1000, heartbeatMs: 200, laggardAfterMs: 5000 },
    fence: options.fence ?? false,
    historyBytesMax: options.historyBytesMax ?? 1 << 30,
  };
}

export function group(names: string, options: ClusterOptions = {}): Cluster & { ids: IncarnationId[] } {
  const cluster = new Cluster(settings(names, options));
  const ids = [...names].map((name) => cluster.start(name));
  return Object.assign(cluster, { ids });
}
