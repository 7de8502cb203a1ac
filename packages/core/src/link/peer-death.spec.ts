import type { MemberName } from '@lockstep/contracts';
import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LinkAddress } from './link-address.js';
import { TestMember } from './test-member.fixture.js';
import { until } from './until.fixture.js';

const fixture = new URL('./test-member.fixture.js', import.meta.url).href;

/** The program of the child: a member that links itself with ours, and reports when it is linked. */
const childProgram = `
  const { TestMember } = await import(${JSON.stringify(fixture)});
  const [incarnation, peerName, peerPort] = process.argv.slice(1);
  const member = new TestMember(incarnation);
  await member.listen();
  member.onLinkUp = () => process.send({ linked: true });
  process.send({ port: member.address.port });
  process.once('message', () => {
    member.start(new Map([[peerName, { host: '127.0.0.1', port: Number(peerPort) }]]));
  });
`;

describe('the death of a member’s process', () => {
  const children: ChildProcess[] = [];
  const members: TestMember[] = [];

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const member of members.splice(0)) await member.stop();
  });

  const killAndLearn = async (ours: string, theirs: string): Promise<void> => {
    const member = new TestMember(ours);
    members.push(member);
    await member.listen();
    const { child, address } = await startChild(theirs, member);
    children.push(child);
    member.start(new Map([[theirs.slice(0, 1) as MemberName, address]]));
    child.send('start');
    await until(() => member.events.length === 1);
    child.kill('SIGKILL');
    await until(() => member.events.length === 3);
    expect(member.events.slice(1)).to.deep.equal([`down ${theirs}`, `gone ${theirs}`]);
  };

  // The side that dials finds out by dialling, the other one by looking who answers.
  for (const [ours, theirs] of [
    ['a/1', 'b/1'],
    ['b/1', 'a/1'],
  ] as const) {
    it(`by kill -9 is proven to ${ours} when its link with ${theirs} breaks, not just suspected for its silence (F1)`, () =>
      killAndLearn(ours, theirs));
  }
});

async function startChild(
  incarnation: string,
  peer: TestMember,
): Promise<{ child: ChildProcess; address: LinkAddress }> {
  const parameters = ['--input-type=module', '-e', childProgram, incarnation, peer.name, String(peer.address.port)];
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { child, address: { host: '127.0.0.1', port: message.port } };
}
