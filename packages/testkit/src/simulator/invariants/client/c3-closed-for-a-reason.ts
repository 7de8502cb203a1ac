import type { Chronicle } from '../../chronicle/chronicle.js';
import type { ClientRecord } from '../../chronicle/client-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/**
 * C3: a client's connection is broken only if the client did it, the service did it at that point of the order, a stated limit
 * was hit (expiry, too many connections), or there was no primary view for the stated time. (That a half-close comes from the
 * service is C1.)
 */
export function c3(chronicle: Chronicle): Invariant {
  const { world } = chronicle;
  /** Since when each client interceptor has not been attached, if it ever was; Infinity while it is. */
  const unattachedSince = new Map<ClientRecord, number>();
  return {
    name: 'C3',
    clientActed(client, effect) {
      if (effect.kind === 'report') {
        noteAttachment(client, effect.event);
        return;
      }
      if (effect.kind !== 'deliver-reset') return;
      const reference = client.group && chronicle.referenceOf(client.group);
      const connection = reference?.lastConnection(client.id, client.numberOf(effect.connection));
      const { text } = client.delivered.get(effect.connection)!;
      const isServices = connection?.outputEnd === 'reset' && connection.output === text;
      if (isServices || isForgotten(client) || client.hasGivenUp) return;
      throw new Violation('C3', `${client.id} breaks the connection ${effect.connection} for no reason that counts`);
    },
  };

  function noteAttachment(client: ClientRecord, event: string): void {
    if (event === 'attached') unattachedSince.set(client, Infinity);
    const isLeaving = event === 'member-lost' || event === 'first-choice';
    if (isLeaving && unattachedSince.get(client) === Infinity) unattachedSince.set(client, world.scheduler.now);
    if (event !== 'gave-up') return;
    const since = unattachedSince.get(client) ?? client.startedMs;
    const waitedMs = world.scheduler.now - since;
    // The engine counts from its last word; a link takes the time of a round to be found broken.
    if (waitedMs < world.plan.client.giveUpAfterMs - 0.001) {
      throw new Violation('C3', `${client.id} gives up after ${waitedMs} ms`);
    }
    client.hasGivenUp = true;
  }

  /** The group that knew it has expired it, or is gone itself. */
  function isForgotten(client: ClientRecord): boolean {
    return client.isExpired || chronicle.groups.size > 1;
  }
}
