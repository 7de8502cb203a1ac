import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { moveConfiguration, readConfiguration } from '../demo/configuration.mjs';
import { readFinalStates } from '../demo/final-state.mjs';
import { readOptions } from '../demo/options.mjs';
import { takenPorts } from '../demo/ports.mjs';
import { pronounce } from '../demo/verdict.mjs';
import { chooseVictim, describeRoles, ROLES } from '../demo/victims.mjs';
import { JobQueue } from '../service/queue.mjs';
import { createJobServer } from '../service/server.mjs';

const CONFIGURATION = fileURLToPath(new URL('../lockstep.yaml', import.meta.url));

describe('the options of the demo', () => {
  it('have defaults', () => {
    expect(readOptions([])).to.include({ help: false, kills: 6, rate: 600, connections: 4, basePort: null });
  });

  it('are numbers in their range', () => {
    expect(readOptions(['--base-port', '7500', '--kills', '0'])).to.include({ basePort: 7500, kills: 0 });
    for (const words of [
      ['--rate', '0'],
      ['--kills', 'x'],
      ['--base-port', '70000'],
      ['--connections', '-1'],
    ]) {
      expect(() => readOptions(words)).to.throw(/^--|'--/);
    }
    expect(() => readOptions(['--kils', '3'])).to.throw('--kils');
  });
});

describe('the configuration of the demo', () => {
  let folder;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'job-queue-spec-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read from lockstep.yaml', () => {
    expect(readConfiguration(CONFIGURATION)).to.deep.equal({
      path: CONFIGURATION,
      clientPort: 7400,
      replicas: [
        { name: 'a', linkPort: 7411, servicePort: 7421 },
        { name: 'b', linkPort: 7412, servicePort: 7422 },
        { name: 'c', linkPort: 7413, servicePort: 7423 },
      ],
    });
  });

  it('moves to other ports, all by as much, and takes the service along', () => {
    const moved = moveConfiguration(readConfiguration(CONFIGURATION), 9000, folder);
    expect(moved.clientPort).to.equal(9000);
    expect(moved.replicas[2]).to.deep.equal({ name: 'c', linkPort: 9013, servicePort: 9023 });
    const text = readFileSync(moved.path, 'utf8');
    expect(text)
      .to.contain('link: 127.0.0.1:9013')
      .and.contain('listen: 127.0.0.1:9000')
      .and.not.match(/\b74\d\d\b/);
    expect(readFileSync(join(folder, 'service', 'main.mjs'), 'utf8')).to.contain('createJobServer');
  });

  it('says which ports are taken, and what for', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    const free = await takenPorts({ clientPort: 0, replicas: [{ name: 'a', linkPort: 0, servicePort: 0 }] });
    const taken = await takenPorts({ clientPort: 0, replicas: [{ name: 'b', linkPort: port, servicePort: 0 }] });
    expect(free).to.deep.equal([]);
    expect(taken).to.deep.equal([`port ${port}, for the link of replica b`]);
    server.close();
  });
});

describe('the victims', () => {
  const host = (name, sequencer, isAttached) => ({ name, isAttached, member: { sequencer } });

  it('are chosen by what they are at that moment', () => {
    const hosts = [host('a', false, false), host('b', true, false), host('c', false, true)];
    const names = ROLES.map((role) => chooseVictim(role, hosts).name);
    expect(names).to.deep.equal(['c', 'b', 'a', 'b', 'c', 'a']);
  });

  it('may be sequencer and attached at once', () => {
    const hosts = [host('a', true, true), host('b', false, false), host('c', false, false)];
    expect(ROLES.slice(0, 3).map((role) => chooseVictim(role, hosts).name)).to.deep.equal(['a', 'a', 'b']);
    expect(describeRoles(hosts[0])).to.equal('sequencer, attached');
  });

  it('are not guessed', () => {
    expect(chooseVictim('sequencer', [host('a', true, false)])).to.equal(undefined);
    expect(chooseVictim('attached', [host('a', false, true)])).to.equal(undefined);
    expect(chooseVictim('attached', [host('a', true, true), host('b', false, true)])).to.equal(undefined);
  });
});

describe('the final states', () => {
  let servers;

  beforeEach(() => (servers = []));
  afterEach(() => Promise.all(servers.map((server) => server.close())));

  async function startReplica(name, ...jobs) {
    const queue = new JobQueue();
    for (const job of jobs) queue.submit(job);
    const server = createJobServer(queue);
    servers.push(server);
    return { name, queue, servicePort: await server.listen(0) };
  }

  it('are read from every service', async () => {
    const replicas = [await startReplica('a', 'x', 'y'), await startReplica('b', 'x', 'y')];
    const { states, silent } = await readFinalStates(replicas);
    expect(silent).to.deep.equal([]);
    expect(states.map((state) => state.name)).to.deep.equal(['a', 'b']);
    expect(states[1]).to.include({ digest: replicas[0].queue.digest(), changes: 2 });
    expect(states[1].jobs).to.deep.equal([
      { id: 1, name: 'x' },
      { id: 2, name: 'y' },
    ]);
  });

  it('are waited for while one replica is behind', async () => {
    const replicas = [await startReplica('a', 'x', 'y'), await startReplica('b', 'x')];
    setTimeout(() => replicas[1].queue.submit('y'), 300);
    const { states } = await readFinalStates(replicas);
    expect(states[1].changes).to.equal(2);
  });
});

describe('the verdict', () => {
  const good = {
    requests: 24_310,
    lost: [],
    doubled: [],
    reordered: [],
    refused: [],
    failures: [],
    longestStallMs: 37.2,
  };
  const states = ['a', 'b', 'c'].map((name) => ({ name, digest: '0123456789abcdef', changes: 24_310, jobs: [] }));

  it('is one line, after the one that the replicas agree', () => {
    expect(pronounce(good, states, 6)).to.deep.equal({
      good: true,
      lines: [
        'all three replicas agree (digest 0123456789ab after 24,310 changes)',
        'verdict: 24,310 requests, 6 kills, 0 lost, 0 doubled, 0 reordered, longest stall 38 ms',
      ],
    });
  });

  for (const kind of ['lost', 'doubled', 'reordered', 'refused']) {
    it(`is bad when something was ${kind}, and names it`, () => {
      const names = ['j1', 'j2', 'j3', 'j4', 'j5', 'j6', 'j7'];
      const { good: isGood, lines } = pronounce({ ...good, [kind]: names }, states, 6);
      expect(isGood).to.equal(false);
      expect(lines[0]).to.equal(`${kind}: j1, j2, j3, j4, j5 and 2 more`);
      expect(lines.at(-1)).to.contain(`, 7 ${kind},`);
    });
  }

  it('is bad when a connection broke', () => {
    const { good: isGood, lines } = pronounce({ ...good, failures: ['connection 2: reset'] }, states, 6);
    expect(isGood).to.equal(false);
    expect(lines[0]).to.equal('broken: connection 2: reset');
    expect(lines.at(-1)).to.contain('1 connections broken');
  });

  it('is bad when the replicas differ', () => {
    const differing = [states[0], { ...states[1], digest: 'fedcba9876543210' }, states[2]];
    const { good: isGood, lines } = pronounce(good, differing, 6);
    expect(isGood).to.equal(false);
    expect(lines[0]).to.contain('DIFFER').and.contain('b has fedcba987654');
  });

  it('is bad when nothing was seen', () => {
    expect(pronounce({ ...good, requests: 0 }, states, 6).good).to.equal(false);
  });
});
