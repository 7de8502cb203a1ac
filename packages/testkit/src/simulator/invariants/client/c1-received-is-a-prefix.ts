import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import { releasesOf } from '../releases.js';
import type { Invariant } from '../invariant.js';

/** C1: what a client receives on a connection is a prefix of the service's output on it, each position once. */
export function c1(chronicle: Chronicle): Invariant {
  return {
    name: 'C1',
    replicaActed(member, effect) {
      if (effect.kind !== 'send-client' || member.group === undefined || member.hasGateTimedOut) return;
      const reference = chronicle.referenceOf(member.group);
      for (const { key, position, text, end, what } of releasesOf(member, effect)) {
        const expected = reference.connections.get(key);
        const isRight =
          end === undefined
            ? expected?.output.startsWith(text, position) === true
            : expected?.output.length === position && expected.outputEnd === end;
        if (!isRight)
          throw new Violation('C1', `${member.id} sends ${what}, which is not what the service puts out there`);
      }
    },
    clientActed(client, effect) {
      if (effect.kind !== 'deliver' && effect.kind !== 'deliver-end') return;
      const reference = client.group && chronicle.referenceOf(client.group);
      const connection = reference?.lastConnection(client.id, client.numberOf(effect.connection));
      const { text, end } = client.delivered.get(effect.connection)!;
      const isRight =
        end === undefined
          ? connection?.output.startsWith(text) === true
          : connection?.output === text && connection.outputEnd === end;
      if (isRight || chronicle.isOrderOpen) return;
      throw new Violation(
        'C1',
        `${client.id} has given its connection ${effect.connection} "…${text.slice(-60)}"${end === undefined ? '' : ' and the end'}`,
      );
    },
  };
}
