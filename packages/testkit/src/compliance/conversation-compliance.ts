import { expect } from 'chai';
import { playThroughRelay, untilFreed, withinTime, type ConversationHarness } from './relay/conversation.js';
import { undisturbed, type Disturbances } from './relay/disturbances.js';
import { Relay } from './relay/relay.js';

const delays = { delay: 0.5 };
const splits = { split: 0.7 };
const joins = { join: 0.9, delay: 0.7 };
const holds = { hold: 0.2 };
const cuts = { replicas: 3, cutsOver: true };

const relays: readonly (readonly [string, Partial<Disturbances>])[] = [
  ['passes on what comes as it comes', {}],
  ['delays', delays],
  ['splits bytes', splits],
  ['joins bytes', joins],
  ['holds back', holds],
  ['gives it to three replicas', { replicas: 3, ...delays }],
  ['goes on with another replica, again and again', cuts],
  ['does all that at once', { ...delays, ...splits, ...joins, ...holds, ...cuts, delay: 0.3 }],
];

/**
 * Declares a mocha suite for a client face and a service face together, of whatever protocol: conversations come out
 * right through relays that do what Lockstep does between the two, the contracts of both faces are kept, all replicas put
 * out the same units, and everything is freed.
 */
export function conversationCompliance(name: string, harness: ConversationHarness): void {
  describe(`conversation compliance: ${name}`, () => {
    for (const [what, change] of relays) {
      const disturbances = { ...undisturbed, ...change };
      describe(`through a relay that ${what}`, () => {
        it('one conversation after another', async () => {
          await playThroughRelay(harness, disturbances, 1, async (converse) => {
            for (let seed = 1; seed <= 4; seed += 1) await converse(seed);
          });
        });

        it('several conversations at the same time', async () => {
          await playThroughRelay(harness, disturbances, 2, async (converse) => {
            await Promise.all([11, 12, 13, 14, 15, 16].map(converse));
          });
        });
      });
    }

    it('a conversation fails, and does not hang, when nobody serves', async () => {
      const service = await harness.serve();
      await service.close();
      const relay = new Relay(harness.createClientFace(), [harness.createServiceFace(service.address)], undisturbed, 1);
      const address = await relay.listen();
      const outcome = await withinTime(relay, 'the client is told', harness.converse(address, 1)).then(
        () => 'went well',
        () => 'failed',
      );
      expect(outcome).to.equal('failed');
      await untilFreed(relay);
      await relay.close();
      // The service is gone, and a face whose connections share it says so.
      const others = relay.breaches.filter((breach) => !/was not reached|onLost was told/.test(breach));
      expect(others).to.deep.equal([]);
    });
  });
}
