import type { ClientFace, ServiceFace } from '@lockstep/contracts';
import { expect } from 'chai';
import { until } from '../until.js';
import type { Disturbances } from './disturbances.js';
import { Relay } from './relay.js';

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

/** How long a conversation may take: longer than whatever is waited for within it, whose error says more. */
const conversationMsMax = 45_000;

/**
 * Plays conversations through a relay, and looks at everything that must hold.
 *
 * @param seed of the relay's chance
 * @param play calls what it is given with the seeds of conversations
 * @throws Error if a conversation went wrong, the contract was breached, the replicas differ, or something is left open
 */
export async function playThroughRelay(
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
      return withinTime(relay, `conversation ${conversation} is over`, harness.converse(address, conversation));
    });
    expect(relay.connections, 'connections that the conversations made').to.be.greaterThan(0);
    await untilFreed(relay);
    expect(relay.differences).to.deep.equal([]);
    if (disturbances.cutsOver) expect(relay.cutovers, 'cuts from one replica to another').to.be.greaterThan(0);
  } catch (error) {
    // What the contract forbids is the cause, and what the client saw of it the consequence.
    expect([...relay.breaches, ...relay.differences], `after: ${String(error)}`).to.deep.equal([]);
    throw error;
  } finally {
    await relay.close();
    await Promise.all(services.map((service) => service.close()));
  }
  expect(relay.breaches).to.deep.equal([]);
}

/** @throws Error that says how the relay stands, if something stays open */
export function untilFreed(relay: Relay): Promise<void> {
  return until(
    () => `everything is freed; ${relay.description}`,
    () => relay.isFreed,
  );
}

/** @throws Error that says how the relay stands, if it takes too long */
export async function withinTime(relay: Relay, what: string, promise: Promise<void>): Promise<void> {
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
