import type { MemberName } from '@lockstep/contracts';
import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '@lockstep/sockets';
import { TestMember } from './test-member.fixture.js';
import { until } from './until.fixture.js';

const fixture = new URL('./test-member.fixture.js', import.meta.url).href;

/** The program of the child: a member that links itself with ours, and reports when it is linked. */
const childProgram = `
  const { TestMember } = await import(${JSON.stringify(fixture)});
  const [incarnation, address, peerName, peerAddress] = process.argv.slice(1);
  const member = new TestMember(incarnation, JSON.parse(address));
  await member.listen();
  member.onLinkUp = () => process.send({ linked: true });
  process.send(member.address);
  process.once('message', () => {
    member.start(new Map([[peerName, JSON.parse(peerAddress)]]));
  });
`;

describe('the death of a member’s process', () => {
  const children: ChildProcess[] = [];
  const members: TestMember[] = [];

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const member of members.splice(0)) await member.stop();
  });

  const killAndLearn = async (ours: string, theirs: string, addressOf: (name: string) => Address): Promise<void> => {
    const member = new TestMember(ours, addressOf('ours'));
    members.push(member);
    await member.listen();
    const { child, address } = await startChild(theirs, addressOf('theirs'), member);
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
      killAndLearn(ours, theirs, () => ({ host: '127.0.0.1', port: 0 })));

    it(`by kill -9 is proven to ${ours} over unix sockets, though the file of ${theirs} is still there (F1)`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
      try {
        await killAndLearn(ours, theirs, (name) => ({ path: join(folder, name) }));
        expect(existsSync(join(folder, 'theirs'))).to.equal(true);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

async function startChild(
  incarnation: string,
  listenAddress: Address,
  peer: TestMember,
): Promise<{ child: ChildProcess; address: Address }> {
  const words = [incarnation, JSON.stringify(listenAddress), peer.name, JSON.stringify(peer.address)];
  const parameters = ['--input-type=module', '-e', childProgram, ...words];
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [address] = (await once(child, 'message')) as [Address];
  return { child, address };
}
