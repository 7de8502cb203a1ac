import type { ClientToMember, MemberToClient } from '../../connections/client-link.js';
import type { ModelClient } from './model-client.fixture.js';
import type { ModelMember } from './model-member.fixture.js';
import type { Random } from './random.fixture.js';

/** A link between a client interceptor and a member: in order while it is up; what is in flight is lost when it breaks. */
export class ModelLink {
  readonly client: ModelClient;
  readonly member: ModelMember;
  /** What each side believes. A side that has closed is told nothing more. */
  clientSide: 'connecting' | 'up' | 'closed' = 'connecting';
  memberSide: 'connecting' | 'up' | 'closed' = 'connecting';
  readonly toMember: ClientToMember[] = [];
  readonly toClient: MemberToClient[] = [];

  /** What is sent does not arrive, and nobody notices but by the silence. */
  isBlackHole = false;

  constructor(client: ModelClient, member: ModelMember) {
    this.client = client;
    this.member = member;
  }

  get isOver(): boolean {
    return this.clientSide === 'closed' && this.memberSide === 'closed';
  }

  /** Both sides believe in it, and are right. */
  get isSound(): boolean {
    return this.clientSide === 'up' && this.memberSide === 'up' && !this.isBlackHole;
  }

  /** The dialling succeeds, or not. */
  settle(possible: boolean): void {
    if (this.clientSide === 'closed') {
      this.memberSide = 'closed';
      return;
    }
    if (!possible) return this.#close();
    for (const other of this.member.links) {
      if (other.client === this.client && other !== this) other.breakMemberSide();
    }
    this.clientSide = this.memberSide = 'up';
    this.member.links.add(this);
    this.member.step({ kind: 'client-link-up', client: this.client.id });
    this.client.step({ kind: 'link-up', member: this.member.name });
  }

  deliverToMember(countMax: number): void {
    if (this.memberSide !== 'up' || this.member.holdsClients || this.isBlackHole) return;
    const messages = this.toMember.splice(0, countMax);
    if (messages.length > 0) this.member.step({ kind: 'client-messages', client: this.client.id, messages });
    else if (this.clientSide === 'closed') this.breakMemberSide();
  }

  deliverToClient(countMax: number): void {
    if (this.clientSide !== 'up' || this.isBlackHole) return;
    const messages = this.toClient.splice(0, countMax);
    if (messages.length > 0) this.client.step({ kind: 'receive', member: this.member.name, messages });
    else if (this.memberSide === 'closed') this.#close();
  }

  /** Some of what is in flight arrives, the rest is lost, and both sides find out. */
  break(random: Random): void {
    if (this.clientSide === 'connecting') return this.settle(false);
    this.deliverToMember(random.below(this.toMember.length + 1));
    this.deliverToClient(random.below(this.toClient.length + 1));
    this.breakMemberSide();
    if (this.clientSide !== 'closed') this.#close();
  }

  /** The client finds out that the link is gone, the member only by its silence. */
  vanish(): void {
    if (this.clientSide !== 'up' || this.memberSide !== 'up') return;
    this.isBlackHole = true;
    this.#close();
  }

  breakMemberSide(): void {
    if (this.memberSide !== 'up') return;
    this.memberSide = 'closed';
    this.member.links.delete(this);
    this.member.step({ kind: 'client-link-down', client: this.client.id });
  }

  /** The client's side finds out that the link is gone. */
  #close(): void {
    if (this.memberSide === 'connecting') this.memberSide = 'closed';
    this.clientSide = 'closed';
    this.client.step({ kind: 'link-down', member: this.member.name });
  }
}
