import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** C4: one live attachment for each client and epoch: one member confirms it, once, and it is the one of the order. */
export function c4(): Invariant {
  const confirmed = new Map<string, string>();
  return {
    name: 'C4',
    replicaActed(member, effect) {
      if (effect.kind !== 'send-client' || member.group === undefined) return;
      for (const message of effect.messages) {
        if (message.kind !== 'attached') continue;
        const attachment = `${member.group.genesis} ${effect.client}#${message.epoch}`;
        const other = confirmed.get(attachment);
        if (other !== undefined)
          throw new Violation('C4', `${attachment} is confirmed by ${other} and by ${member.id}`);
        confirmed.set(attachment, member.id);
        const { entry } = member.group.settled(message.order) ?? {};
        const isOrdered = entry?.kind === 'attach' && entry.client === effect.client && entry.epoch === message.epoch;
        if (!isOrdered || entry.member !== member.id) {
          throw new Violation(
            'C4',
            `${member.id} confirms ${attachment} by the entry ${message.order}, which does not say so`,
          );
        }
      }
    },
    clientActed(client, effect) {
      if (effect.kind !== 'report' || effect.event !== 'attached') return;
      const epoch = Number(effect.fields['epoch']);
      if (epoch <= client.epoch)
        throw new Violation('C4', `${client.id} is attached in epoch ${epoch} behind ${client.epoch}`);
      client.epoch = epoch;
    },
  };
}
