import type { IncarnationId, MemberName } from '@lockstep/contracts';
import type { PeerMessage } from '../protocol/messages.js';
import { EventCounters } from './event-counters.js';
import type { LocalIdentity } from './identity.js';
import type { Address } from '@lockstep/sockets';
import { LinkServer } from './link-server.js';
import { MemberLinks } from './member-links.js';
import type { MemberLinksHandler } from './peer-context.js';
import { RecordingLogger } from './recording-logger.fixture.js';
import { until } from './until.fixture.js';

/** A member's links without the protocol: notes what it is told. */
export class TestMember implements MemberLinksHandler {
  /** `up b/1`, `down b/1`, `gone b/1`, in order. */
  readonly events: string[] = [];
  readonly received: { from: IncarnationId; message: PeerMessage }[] = [];
  /** The size of each batch. */
  readonly batches: number[] = [];
  readonly counters = new EventCounters();
  readonly logger = new RecordingLogger();
  readonly incarnation: IncarnationId;
  readonly server: LinkServer;
  readonly own: LocalIdentity;
  address: Address;
  suspectAfterMs = 5000;
  #links: MemberLinks | undefined;

  constructor(
    incarnation: string,
    address: Address = { host: '127.0.0.1', port: 0 },
    identity: Partial<LocalIdentity> = {},
  ) {
    this.incarnation = incarnation as IncarnationId;
    this.own = { group: 'g', identity: incarnation, settings: 'digest', ...identity };
    this.address = address;
    const { own, logger, counters } = this;
    this.server = new LinkServer({ address, own, purpose: `replica ${incarnation}`, logger, counters });
  }

  get links(): MemberLinks {
    return this.#links!;
  }

  get name(): MemberName {
    return this.incarnation.split('/')[0] as MemberName;
  }

  async listen(): Promise<void> {
    this.address = await this.server.listen();
  }

  /** Listens if it does not yet, and begins to dial. */
  start(addresses: ReadonlyMap<MemberName, Address>): void {
    const { own, logger, counters, server, suspectAfterMs } = this;
    this.#links = new MemberLinks({ own, addresses, suspectAfterMs, server, logger, counters });
    this.#links.start(this);
  }

  async stop(): Promise<void> {
    this.#links?.stop();
    await this.server.close();
  }

  send(to: TestMember, message: object, lane: 'main' | 'transfer' = 'main'): void {
    this.links.send([to.incarnation], lane, message as PeerMessage);
    this.links.flush();
  }

  onLinkUp(peer: IncarnationId): void {
    this.events.push(`up ${peer}`);
  }

  onLinkDown(peer: IncarnationId): void {
    this.events.push(`down ${peer}`);
  }

  onGone(peer: IncarnationId): void {
    this.events.push(`gone ${peer}`);
  }

  onReceive(from: IncarnationId, messages: readonly PeerMessage[]): void {
    this.batches.push(messages.length);
    for (const message of messages) this.received.push({ from, message });
  }
}

/** Members that all know each other, listening, linked with each other. */
export async function linkedMembers(...incarnations: string[]): Promise<TestMember[]> {
  const members = incarnations.map((incarnation) => new TestMember(incarnation));
  for (const member of members) await member.listen();
  const addresses = new Map(members.map(({ name, address }) => [name, address]));
  for (const member of members) member.start(addresses);
  await until(() => members.every(({ events }) => events.length === members.length - 1));
  return members;
}
