import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { runCommandLine } from '../command-line.js';
import { ConfigurationFile } from '../configuration-file.fixture.js';
import { RecordedOutput } from '../recorded-output.fixture.js';
import { StubSurroundings } from '../stub-surroundings.fixture.js';

const built = (path: string): string => JSON.stringify(new URL(`../${path}`, import.meta.url).href);

/** A `lockstep` whose interceptors do nothing but run until they are stopped; everything around them is real. */
const stubMain = `
  import { runCommandLine } from ${built('command-line.js')};
  import { processSurroundings } from ${built('process-surroundings.js')};

  function compose(configuration, { logger }) {
    if (configuration.group === 'broken') process.exit(2);
    let end;
    const done = new Promise((resolve) => { end = resolve; });
    setInterval(() => undefined, 1000);
    logger.info({}, 'running');
    return Promise.resolve({ done, stop: async () => end(), addresses: new Map([['cache', '127.0.0.1:40001']]) });
  }
  function queryStatus({ group, replicas }) {
    if (group === 'crash') setImmediate(() => { throw new Error('crash'); });
    const members = replicas.map(({ name, witness }, rank) => (
      { name, witness, reachable: true, state: 'member', view: 1, rank, sequencer: rank === 0, ordered: 0 }
    ));
    return Promise.resolve({ group, members });
  }
  const root = { composeService: compose, composeClient: compose, queryStatus };
  const surroundings = { ...processSurroundings(), root, mainPath: process.argv[1] };
  process.exit(await runCommandLine(process.argv.slice(2), surroundings));
`;

describe('lockstep up', function () {
  // Five processes start in each test, on whatever machine this is.
  this.timeout(60_000);

  let file: ConfigurationFile;
  let mainPath: string;
  const leftovers: ChildProcess[] = [];

  before(() => {
    file = new ConfigurationFile();
    mainPath = file.add('main.mjs', stubMain);
  });
  afterEach(() => leftovers.splice(0).forEach((child) => child.kill('SIGTERM')));
  after(() => file.remove());

  /** Starts the stub as a process of its own. */
  function start(...words: string[]) {
    const child = spawn(process.execPath, [mainPath, 'up', '-c', file.path, ...words], { stdio: 'pipe' });
    leftovers.push(child);
    const output = new RecordedOutput();
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      stream.setEncoding('utf8').on('data', (text: string) => output.write(text));
    }
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    return { child, output, ended };
  }

  const pidOf = async (output: RecordedOutput, title: string): Promise<number> =>
    Number((await output.until(new RegExp(`${title} is process (\\d+)`)))[1]);

  async function untilAllRun(output: RecordedOutput): Promise<number[]> {
    await Promise.all(['a', 'b', 'w', 'client'].map((name) => output.until(new RegExp(`^${name} +\\|.*running`, 'm'))));
    const titles = ['replica a', 'replica b', 'witness w', 'the client interceptor'];
    return await Promise.all(titles.map((title) => pidOf(output, title)));
  }

  it('starts a process for each member and one for the clients, and ends them all', async () => {
    const { child, output, ended } = start();
    const pids = await untilAllRun(output);
    expect(new Set(pids).size).to.equal(4);
    await output.until(/clients connect to cache at 127\.0\.0\.1:40001/);
    await output.until(/group kv is formed, view 1: a \(sequencer\), b, w \(witness\)/);
    child.kill('SIGINT');
    expect(await ended).to.deep.equal([0, null]);
    expect(output.text).to.match(/up +\|.*stopping all processes: SIGINT/);
    expect(output.text).to.match(/^a +\|.*stopped$/m);
    expect(pids.filter(isAlive)).to.deep.equal([]);
  });

  it('revives what was killed', async () => {
    const { child, output, ended } = start();
    const [pid = 0] = await untilAllRun(output);
    process.kill(pid, 'SIGKILL');
    await output.until(/replica a was ended by SIGKILL; it starts again in 0\.5 s\n(.*\n)*.*replica a is process \d+/);
    child.kill('SIGTERM');
    expect(await ended).to.deep.equal([0, null]);
  });

  it('lets the dead lie with --no-restart, and ends when all are dead', async () => {
    const { output, ended } = start('--no-restart');
    for (const pid of await untilAllRun(output)) process.kill(pid, 'SIGKILL');
    expect(await ended).to.deep.equal([1, null]);
    expect(output.text).to.match(/replica a was ended by SIGKILL; it stays down/);
    expect(output.text).to.match(/error: All processes are down/);
  });

  it('takes its processes with it when it is killed itself', async () => {
    const { child, output } = start();
    const pids = await untilAllRun(output);
    child.kill('SIGKILL');
    await Promise.all(pids.map(untilDead));
  });

  it('takes its processes with it when it crashes', async () => {
    const { output, ended } = start('-c', file.variant('crash.yaml', 'group: kv', 'group: crash'));
    expect(await ended).to.deep.equal([1, null]);
    const pids = [...output.text.matchAll(/is process (\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids).to.have.lengthOf(4);
    await Promise.all(pids.map(untilDead));
  });

  it('ends with 2 when its processes cannot work with the configuration', async () => {
    const { output, ended } = start('-c', file.variant('broken.yaml', 'group: kv', 'group: broken'));
    expect(await ended).to.deep.equal([2, null]);
    expect(output.text).to.match(/error: .* cannot work with this configuration/);
  });

  it('starts nothing when the configuration is wrong', async () => {
    const surroundings = new StubSurroundings();
    const path = file.variant('wrong.yaml', 'replicas:', 'replcas:');
    expect(await runCommandLine(['up', '-c', path], surroundings)).to.equal(2);
    expect(surroundings.stdout.text).to.equal('');
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** It is for the test's own timeout to give up. */
async function untilDead(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}
