import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../demo/main.mjs', import.meta.url));
const FAKE = fileURLToPath(new URL('fake-lockstep.mjs', import.meta.url));

/** Where all that the demos write goes: the logs of those that fail stay, until the tests have ended. */
const folder = mkdtempSync(join(tmpdir(), 'job-queue-demo-spec-'));

/** How many ports the demo takes, from its base port on. */
const PORTS = 24;

/** Below the ports that the system gives to connections, which other tests may have thousands of at the same time. */
const BASE_PORTS = { from: 10_000, to: 32_000 };

/** @returns {Promise<number[]>} so many base ports, from each of which on PORTS ports are free */
async function findBasePorts(count) {
  const held = [];
  const basePorts = [];
  for (let attempts = 100 * count; basePorts.length < count && attempts > 0; attempts -= 1) {
    const base = BASE_PORTS.from + Math.floor(Math.random() * (BASE_PORTS.to - BASE_PORTS.from));
    const servers = await holdPorts(base);
    // Those that are found stay held until all are, so that none is found twice.
    if (!servers) continue;
    basePorts.push(base);
    held.push(...servers);
  }
  await close(held);
  if (basePorts.length < count) throw new Error(`there are not ${PORTS} ports in a row that are free`);
  return basePorts;
}

/** @returns {Promise<import('node:net').Server[] | null>} null if one of these ports is taken */
async function holdPorts(base) {
  const results = await Promise.allSettled(Array.from({ length: PORTS }, (_, index) => listen(base + index)));
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (servers.length === PORTS) return servers;
  await close(servers);
  return null;
}

async function close(servers) {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
}

async function listen(port) {
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}

/** The demo as a process, on the fake that stands for Lockstep. */
function startDemo(basePort, words = [], fault = '') {
  const child = spawn(process.execPath, [DEMO, '--base-port', `${basePort}`, '--lockstep', FAKE, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder, FAKE_FAULT: fault },
  });
  const demo = { child, output: '', ended: once(child, 'close') };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (demo.output += text));
  }
  return demo;
}

async function waitFor(demo, text) {
  while (!demo.output.includes(text)) {
    await Promise.race([once(demo.child.stdout, 'data'), demo.ended]);
    if (demo.child.exitCode !== null) break;
  }
  expect(demo.output).to.contain(text);
}

/** Asks the fake replica at that port for its pid. */
async function askPid(linkPort) {
  const [text] = await once(connect({ port: linkPort, host: '127.0.0.1' }), 'data');
  return JSON.parse(text).pid;
}

/** Every port that the demo used is free again, so every process is gone that it started. */
async function expectNothingLeft(basePort) {
  for (let port = basePort; port < basePort + PORTS; port += 1) {
    const server = await listen(port);
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('the demo', function () {
  this.timeout(90_000);
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('on a Lockstep that works', () => {
    let basePort;

    beforeEach(async () => ([basePort] = await findBasePorts(1)));
    afterEach(() => expectNothingLeft(basePort));

    it('kills, revives, finds nothing wrong, and ends with 0', async () => {
      const demo = startDemo(basePort, ['--kills', '2']);
      const [code] = await demo.ended;
      expect(demo.output).to.match(/\nall three replicas agree \(digest [0-9a-f]{12} after [\d,]+ changes\)\n/);
      expect(demo.output).to.match(
        /\nverdict: \d,\d{3} requests, 2 kills, 0 lost, 0 doubled, 0 reordered, longest stall \d+ ms\n$/,
      );
      expect(demo.output.match(/kill -9 ([abc]), .*: interceptor \d+, service \d+/g)).to.have.length(2);
      expect(demo.output.match(/([abc]) is a full member again/g)).to.have.length(2);
      expect(code).to.equal(0);
    });

    it('breaks off, and judges, when a replica ends that it has not killed', async () => {
      const demo = startDemo(basePort);
      await waitFor(demo, 'kill -9');
      await waitFor(demo, 'is a full member again');
      process.kill(await askPid(basePort + 11), 'SIGKILL');
      const [code] = await demo.ended;
      expect(demo.output).to.contain('replica-a was killed by SIGKILL, and not by this demo');
      expect(demo.output).to.contain('\nverdict: ');
      expect(code).to.equal(1);
    });

    it('ends everything, without a verdict, at SIGINT', async () => {
      const demo = startDemo(basePort);
      await waitFor(demo, 'kill -9');
      demo.child.kill('SIGINT');
      const [code] = await demo.ended;
      expect(demo.output).not.to.contain('verdict');
      expect(code).to.equal(1);
    });

    it('says which port is taken, and how to take others', async () => {
      const server = await listen(basePort + 12);
      const demo = startDemo(basePort);
      const [code] = await demo.ended;
      server.close();
      expect(demo.output)
        .to.contain(`port ${basePort + 12}, for the link of replica b`)
        .and.contain('--base-port');
      expect(code).to.equal(1);
    });

    it('says that the command is not there', async () => {
      const demo = startDemo(basePort, ['--lockstep', '/nowhere/lockstep.js']);
      expect(await demo.ended).to.deep.equal([1, null]);
      expect(demo.output).to.contain('/nowhere/lockstep.js is not there; build it first');
    });

    it('explains itself', async () => {
      const demo = startDemo(basePort, ['--help']);
      expect(await demo.ended).to.deep.equal([0, null]);
      expect(demo.output).to.match(/^usage: /);
      const mistaken = startDemo(basePort, ['--rate', 'fast']);
      expect(await mistaken.ended).to.deep.equal([2, null]);
      expect(mistaken.output).to.match(/^--rate is a number.*usage: /s);
    });
  });

  describe('on a Lockstep that fails', () => {
    const faults = {
      lose: /\nlost: job-\d+-\d-\d+\n.*verdict: .* 1 lost, 0 doubled/s,
      double: /\ndoubled: job-\d+-\d-\d+\n.*verdict: .* 0 lost, 1 doubled, 0 reordered/s,
      close: /\nbroken: connection \d: closed by the other side\n.*verdict: .*1 connections broken/s,
      diverge: /\nthe replicas DIFFER: a has .*verdict: /s,
    };
    const demos = new Map();

    // Most of their time they wait, each for what never comes, so they may as well do it together.
    before(async () => {
      const basePorts = await findBasePorts(Object.keys(faults).length);
      for (const [index, fault] of Object.keys(faults).entries()) {
        demos.set(fault, startDemo(basePorts[index], ['--kills', '0'], fault));
      }
    });

    for (const [fault, pattern] of Object.entries(faults)) {
      it(`finds it out (${fault}), and ends with 1`, async () => {
        const demo = demos.get(fault);
        const [code] = await demo.ended;
        expect(demo.output).to.match(pattern);
        expect(code).to.equal(1);
      });
    }
  });
});
