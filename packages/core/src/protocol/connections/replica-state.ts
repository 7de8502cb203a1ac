import type { IncarnationId, Milliseconds, OrderNumber, View } from '@lockstep/contracts';
import { EffectList } from '../effect-list.js';
import type { Report } from '../member-io.js';
import { report } from '../report.js';
import { ConnectionTable } from './connection-table.js';
import { OutputCache } from './output-cache.js';
import type { ReplicaEffect, ReplicaSettings } from './replica-io.js';

/** What the parts of a replica share: the table, the caches, and the effects that gather during one step. Decides nothing. */
export class ReplicaState {
  readonly self: IncarnationId;
  readonly settings: ReplicaSettings;
  readonly table = new ConnectionTable();
  readonly cache: OutputCache;
  view: View | undefined;
  /** Undefined before the first view. */
  role: 'member' | 'learner' | undefined;
  leaving = false;
  hearsQuorum = true;
  stable = 0 as OrderNumber;
  now: Milliseconds = 0;
  readonly #effects = new EffectList<ReplicaEffect>();

  constructor(self: IncarnationId, settings: ReplicaSettings) {
    this.self = self;
    this.settings = settings;
    this.cache = new OutputCache(settings.connectionWindowBytes, settings.processCacheBytes);
  }

  /** Whether this replica may serve client interceptors: it is a member, and no witness. */
  get isServing(): boolean {
    if (this.role !== 'member') return false;
    return this.view?.members.some(({ incarnation, witness }) => incarnation === this.self && !witness) ?? false;
  }

  emit(effect: ReplicaEffect): void {
    this.#effects.add(effect);
  }

  report(level: Report['level'], event: string, fields: Report['fields']): void {
    this.#effects.add(report(level, event, fields));
  }

  takeEffects(): readonly ReplicaEffect[] {
    return this.#effects.take();
  }
}
