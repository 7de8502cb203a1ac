import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** C4: one live attachment for each client and epoch: one member confirms it, once, and it is the one of the order. */
export function c4(chronicle: Chronicle): Invariant {
  const confirmed = new Map<string, string>();
  return {
    name: 'C4',
    replicaActed(member, effect) {
      if (effect.kind !== 'send-client' || member.group === undefined) return;
      for (const message of effect.messages) {
        if (message.kind !== 'attached') continue;
        const attachment = `${member.group.genesis} ${effect.client}#${message.epoch}`;
        const other = confirmed.get(attachment);
        if (other !== undefined) throw new Violation('C4', `${attachment} is confirmed by ${other} and by ${member.id}`);
        confirmed.set(attachment, member.id);
        const { entry } = member.group.settled(message.order) ?? {};
        const isOrdered = entry?.kind === 'attach' && entry.client === effect.client && entry.epoch === message.epoch;
        if (!isOrdered || entry.member !== member.id) {
          throw new Violation('C4', `${member.id} confirms ${attachment} by the entry ${message.order}, which does not say so`);
        }
      }
    },
    clientActed(client, effect) {
      if (effect.kind !== 'report' || effect.event !== 'attached') return;
      const epoch = Number(effect.fields['epoch']);
      if (epoch <= client.epoch) throw new Violation('C4', `${client.id} is attached in epoch ${epoch} behind ${client.epoch}`);
      if (client.epoch > 0 && hasUnacknowledged(client.id)) chronicle.world.marks.hit('failover-with-unacknowledged-output');
      client.epoch = epoch;
    },
  };

  function hasUnacknowledged(client: string): boolean {
    const reference = chronicle.group && chronicle.referenceOf(chronicle.group);
    const connections = reference?.clients.get(client)?.connections.values() ?? [];
    return [...connections].some(({ output, acknowledged }) => acknowledged < output.length);
  }
}
