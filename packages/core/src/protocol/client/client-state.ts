import type { ClientId, Milliseconds } from '@lockstep/contracts';
import { EffectList } from '../effect-list.js';
import type { Report } from '../member-io.js';
import { report } from '../report.js';
import type { ClientEffect, ClientSettings } from './client-io.js';

/** What the parts of a client engine share: the time, and the effects that gather during one step. Decides nothing. */
export class ClientState {
  readonly id: ClientId;
  readonly settings: ClientSettings;
  now: Milliseconds = 0;
  readonly #effects = new EffectList<ClientEffect>();

  constructor(id: ClientId, settings: ClientSettings) {
    this.id = id;
    this.settings = settings;
  }

  emit(effect: ClientEffect): void {
    this.#effects.add(effect);
  }

  report(level: Report['level'], event: string, fields: Report['fields']): void {
    this.#effects.add(report(level, event, fields));
  }

  takeEffects(): readonly ClientEffect[] {
    return this.#effects.take();
  }
}
