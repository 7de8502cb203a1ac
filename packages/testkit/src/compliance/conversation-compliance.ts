import type { ClientFace, ServiceFace } from '@lockstep/contracts';
import { expect } from 'chai';
import { undisturbed, type Disturbances } from './relay/disturbances.js';
import { Relay } from './relay/relay.js';
import { until } from './until.js';

/** A real service for the tests, of which every replica has one of its own. */
export interface ConversationService {
  /** Where it is, in the adapter's notation. */
  readonly address: string;
  /** Stops it, and frees everything that it holds. */
  close(): Promise<void>;
}

/** What the suite needs to know about a pair of faces. */
export interface ConversationHarness {
  /** A new face that listens on any free address of this machine. */
  createClientFace(): ClientFace;
  /** A new face that connects to this address. */
  createServiceFace(address: string): ServiceFace;
  /**
   * Starts a service in its first state. It has to be deterministic: given the same requests in the same order, each
   * one answers the same. Clients that talk at the same time must not come into each other's way.
   */
  serve(): Promise<ConversationService>;
  /**
   * Plays one client, or several: connects to the address that the client face listens on, and says everything that the
   * protocol knows (requests, streams, ends, resets). Closes its connections before it resolves.
   *
   * @param seed the same seed says the same; several seeds may be played at the same time
   * @throws Error if anything that came back is not as it should be
   */
  converse(address: string, seed: number): Promise<void>;
}

/** How long a conversation may take. */
const conversationMsMax = 20_000;

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
    for (const [what, disturbances] of relays) {
      describe(`through a relay that ${what}`, () => relayCases(harness, { ...undisturbed, ...disturbances }));
    }

    it('ends a conversation when nobody serves', async () => {
      const service = await harness.serve();
      await service.close();
      const relay = new Relay(harness.createClientFace(), [harness.createServiceFace(service.address)], undisturbed, 1);
      const address = await relay.listen();
      const outcome = await bounded(relay, 'the client is told', harness.converse(address, 1)).then(
        () => 'went well',
        () => 'failed',
      );
      expect(outcome).to.equal('failed');
      await untilFreed(relay);
      await relay.close();
      expect(relay.breaches.filter((breach) => !breach.includes('was not reached'))).to.deep.equal([]);
    });
  });
}

function relayCases(harness: ConversationHarness, disturbances: Disturbances): void {
  it('one conversation after another', async () => {
    await withRelay(harness, disturbances, 1, async (converse) => {
      for (let seed = 1; seed <= 4; seed += 1) await converse(seed);
    });
  });

  it('several conversations at the same time', async () => {
    await withRelay(harness, disturbances, 2, async (converse) => {
      await Promise.all([11, 12, 13, 14, 15, 16].map(converse));
    });
  });
}

async function withRelay(
  harness: ConversationHarness,
  disturbances: Disturbances,
  seed: number,
  play: (converse: (seed: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const services = await Promise.all(Array.from({ length: disturbances.replicas }, () => harness.serve()));
  const faces = services.map(({ address }) => harness.createServiceFace(address));
  const relay = new Relay(harness.createClientFace(), faces, disturbances, seed);
  try {
    const address = await relay.listen();
    await play((conversation) => {
      return bounded(relay, `conversation ${conversation} is over`, harness.converse(address, conversation));
    });
    expect(relay.connections, 'connections that the conversations made').to.be.greaterThan(0);
    await untilFreed(relay);
    expect(relay.differences).to.deep.equal([]);
    if (disturbances.cutsOver) expect(relay.cutovers, 'cuts from one replica to another').to.be.greaterThan(0);
  } catch (error) {
    // What the contract forbids is the cause, and what the client saw of it the consequence.
    expect(relay.breaches, `after: ${String(error)}`).to.deep.equal([]);
    throw error;
  } finally {
    await relay.close();
    await Promise.all(services.map((service) => service.close()));
  }
  expect(relay.breaches).to.deep.equal([]);
}

function untilFreed(relay: Relay): Promise<void> {
  return until(
    () => `everything is freed; ${relay.description}`,
    () => relay.isFreed,
  );
}

/** @throws Error that says how the relay stands, if it takes too long */
async function bounded(relay: Relay, what: string, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`waited ${conversationMsMax} ms in vain until ${what}; ${relay.description}`));
    }, conversationMsMax);
  });
  try {
    await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
