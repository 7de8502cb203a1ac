import { expect } from 'chai';
import { LineConnection } from '../support/line-connection.js';
import type { LiveGroup } from '../support/live-group/live-group.js';

/** What is the same for everybody else, whatever one client does. */
export class Bystander {
  readonly #group: LiveGroup;
  readonly #connection: LineConnection;
  readonly #before: unknown;
  readonly #ask: (connection: LineConnection) => Promise<string>;

  private constructor(
    group: LiveGroup,
    connection: LineConnection,
    before: unknown,
    ask: (connection: LineConnection) => Promise<string>,
  ) {
    this.#group = group;
    this.#connection = connection;
    this.#before = before;
    this.#ask = ask;
  }

  /**
   * Connects to the group, and notes how its members are.
   *
   * @param ask asks the service something over a connection; the answer says whether all is well
   */
  static async of(group: LiveGroup, ask: (connection: LineConnection) => Promise<string>): Promise<Bystander> {
    const connection = await LineConnection.open(group.clientPort);
    return new Bystander(group, connection, await membersOf(group), ask);
  }

  /** Makes sure that its connection lives, with the right answer, and that no view, member or service has changed. */
  async expectUntouched(answer: string): Promise<void> {
    expect(await this.#ask(this.#connection)).to.equal(answer);
    expect(this.#connection.end).to.equal('open');
    expect(await membersOf(this.#group)).to.deep.equal(this.#before);
  }

  async leave(): Promise<void> {
    await this.#connection.close();
  }
}

/** The members, their views, and the processes of their services. */
async function membersOf(group: LiveGroup): Promise<unknown> {
  const members = await group.untilMembersAre(...group.names);
  return members.map(({ name, view, incarnation, pid, servicePid }) => ({ name, view, incarnation, pid, servicePid }));
}
