import { join } from 'node:path';
import { expect } from 'chai';
import { freePorts, listens } from '../support/free-ports.js';
import { withGroup } from '../support/live-group/with-group.js';
import { repository } from '../support/repository.js';
import { RecordedProcess } from '../support/recorded-process.js';
import { requires } from '../support/requires.js';
import { until } from '../support/until.js';
import { TypedSession, type SessionRecord } from './typed-session.js';

const service = join(repository, 'examples/job-queue/service/main.mjs');

/** What somebody might type, and how many lines the answer has. */
const script: readonly (readonly [typed: string, replies: number])[] = [
  ['SUBMIT breakfast 3', 1],
  ['SUBMIT lunch 7', 1],
  ['SUBMIT dinner', 1],
  ['RUN', 1],
  ['CANCEL 1', 1],
  ['CANCEL 1', 1],
  ['LIST', 4],
  ['SUBMIT supper 9', 1],
  ['what is this', 1],
  ['RUN', 1],
  ['COUNT', 1],
  ['LIST done', 3],
  ['DIGEST', 1],
  ['QUIT', 1],
];

describe('A session by hand, with nc', function () {
  this.timeout(300_000);

  before(function () {
    requires(this, 'nc');
  });

  it('F1: is the same whether replicas are killed behind its back or there are none', async () => {
    const direct = await typeDirectly();
    expect(direct.output).to.match(/^OK 1\nOK 2\nOK 3\n[^]*OK bye\n$/);
    await withGroup({ example: 'job-queue' }, async (group) => {
      const session = new TypedSession(group.clientPort);
      try {
        for (const [index, [typed, replies]] of script.entries()) {
          // Half of each line is on its way when the replica dies that would have passed it on.
          const isFatal = index % 5 === 3;
          if (isFatal) {
            session.type(typed.slice(0, 2));
            const victim = await group.attachedHost();
            await victim.killAll();
            victim.start();
          }
          await session.ask(isFatal ? typed.slice(2) : typed, replies);
          if (isFatal) await group.untilComplete();
        }
        expect(await session.finish()).to.deep.equal(direct);
      } finally {
        session.end();
      }
    });
  });
});

/** The same session with one service, and nothing in between. */
async function typeDirectly(): Promise<SessionRecord> {
  const [port = 0] = await freePorts(1);
  const queue = new RecordedProcess('job queue', [service, '--port', String(port)]);
  queue.start();
  await until('the job queue listens', () => listens(port));
  const session = new TypedSession(port);
  try {
    for (const [typed, replies] of script) await session.ask(typed, replies);
    return await session.finish();
  } finally {
    session.end();
    await queue.stop(5000);
  }
}
