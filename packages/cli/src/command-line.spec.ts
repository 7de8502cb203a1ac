import { LockstepError } from '@lockstep/contracts';
import type { GroupStatus } from '@lockstep/core';
import { expect } from 'chai';
import { runCommandLine } from './command-line.js';
import { ConfigurationFile } from './configuration-file.fixture.js';
import { StubSurroundings } from './stub-surroundings.fixture.js';

const nobody: GroupStatus = { group: 'kv', members: [{ name: 'a', reachable: false }] };

describe('lockstep', () => {
  let file: ConfigurationFile;
  let surroundings: StubSurroundings;

  before(() => void (file = new ConfigurationFile()));
  after(() => file.remove());
  beforeEach(() => void (surroundings = new StubSurroundings()));

  const run = (...words: string[]) => runCommandLine(words, surroundings);

  describe('help', () => {
    it('teaches where to start, and exits with 0', async () => {
      expect(await run('--help')).to.equal(0);
      expect(surroundings.stdout.text).to.match(/Start here:\n {2}\$ lockstep check/);
    });

    for (const command of ['up', 'service', 'client', 'stdio', 'exec', 'status', 'check']) {
      it(`has examples and exit codes for ${command}`, async () => {
        expect(await run(command, '--help')).to.equal(0);
        expect(surroundings.stdout.text).to.include('Examples:\n  $ lockstep ' + command);
        expect(surroundings.stdout.text).to.match(/Exit codes: .*1 failed, 2 .* wrong\.\n*$/);
        expect(surroundings.stdout.text).to.include('-c, --config <file>');
      });
    }

    it('prints its version', async () => {
      expect(await run('--version')).to.equal(0);
      expect(surroundings.stdout.text).to.match(/^\d+\.\d+\.\d+\n$/);
    });
  });

  describe('a command line that is wrong', () => {
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/^Usage: lockstep/],
      [/unknown command 'servce'\n\(Did you mean service\?\)/, 'servce'],
      [/unknown option '--lg-json'\n\(Did you mean --log-json\?\)/, 'client', '--lg-json'],
      [/required option '-r, --replica <name>' not specified/, 'service'],
      [/Allowed choices are debug, info, warn, error/, 'client', '--log-level', 'loud'],
      [/Write a whole number from 1/, 'status', '--timeout-ms', '0'],
      [/too many arguments/, 'check', 'kv.yaml'],
    ];
    for (const [message, ...words] of cases) {
      it(`exits with 2 for \`lockstep ${words.join(' ')}\``, async () => {
        expect(await run(...words)).to.equal(2);
        expect(surroundings.stderr.text).to.match(message);
      });
    }

    it('exits with 2 for a replica that the configuration does not have', async () => {
      expect(await run('service', '-c', file.path, '--replica', 'z')).to.equal(2);
      expect(surroundings.stderr.text).to.match(
        /has no replica "z"\. It has a, b, w\.\n {7}\(ERR_LOCKSTEP_CONFIGURATION\)\n$/,
      );
    });
  });

  describe('check', () => {
    it('says what a configuration in order amounts to', async () => {
      expect(await run('check', '-c', file.path)).to.equal(0);
      expect(surroundings.stdout.lines.slice(1)).to.deep.equal([
        '  replica a, link 127.0.0.1:7591',
        '  replica b, link 127.0.0.1:7592',
        '  witness w, link 127.0.0.1:7593',
        '  endpoint cache, ./adapter.mjs, for clients at 127.0.0.1:0',
      ]);
    });

    it('says what is wrong, and exits with 2', async () => {
      const path = file.variant('wrong.yaml', 'group: kv', 'gruop: kv');
      expect(await run('check', '-c', path)).to.equal(2);
      expect(surroundings.stderr.text).to.equal(
        `error: ${path}:1:1: "gruop" is not a key of the file. Did you mean "group"?\n       (ERR_LOCKSTEP_CONFIGURATION)\n`,
      );
    });

    it('loads the adapters, and says once what they cannot do', async () => {
      const path = file.variant(
        'shared.yaml',
        'adapter: ./adapter.mjs',
        'adapter: ./adapter.mjs\n    connections: shared',
      );
      expect(await run('check', '-c', path)).to.equal(2);
      expect(surroundings.stderr.text).to.match(/^error: \S+shared\.yaml:9:18: .* cannot share a connection/);
    });

    it('warns of two members', async () => {
      const path = file.variant('two.yaml', '  w: { link: 127.0.0.1:7593, witness: true }\n', '');
      expect(await run('check', '-c', path)).to.equal(0);
      expect(surroundings.stdout.text).to.match(/\nnote: two members have no majority when one dies/);
    });

    it('prints the JSON Schema', async () => {
      expect(await run('check', '--schema')).to.equal(0);
      expect(JSON.parse(surroundings.stdout.text)).to.have.nested.property('properties.replicas');
    });
  });

  describe('status', () => {
    it('exits with 1 when nobody answers, after it has shown that', async () => {
      surroundings = new StubSurroundings({ queryStatus: () => Promise.resolve(nobody) });
      expect(await run('status', '-c', file.path)).to.equal(1);
      expect(surroundings.stdout.text).to.include('unreachable');
      expect(surroundings.stderr.text).to.match(
        /^error: No member of kv answers \(a at 127\.0\.0\.1:7591, .*ERR_LOCKSTEP_UNREACHABLE/s,
      );
    });

    it('prints as JSON exactly what the members said', async () => {
      surroundings = new StubSurroundings({ queryStatus: () => Promise.resolve(nobody) });
      await run('status', '-c', file.path, '--json');
      expect(JSON.parse(surroundings.stdout.text)).to.deep.equal(nobody);
    });

    it('waits as long as it is told', async () => {
      let timeout = 0;
      surroundings = new StubSurroundings({
        queryStatus: (_, timeoutMs) => {
          timeout = timeoutMs;
          return Promise.resolve(nobody);
        },
      });
      await run('status', '-c', file.path, '--timeout-ms', '70');
      expect(timeout).to.equal(70);
    });
  });

  describe('an error', () => {
    const failWith = (error: Error) =>
      new StubSurroundings({
        composeService: () => Promise.resolve({ done: Promise.reject(error), stop: () => Promise.resolve() }),
      });

    it('that is an operating one is told without its stack', async () => {
      surroundings = failWith(new LockstepError('ERR_LOCKSTEP_SERVICE_START', 'redis-server is not installed.'));
      expect(await run('service', '-c', file.path, '--replica', 'a')).to.equal(1);
      expect(surroundings.stderr.text).to.equal(
        'error: redis-server is not installed.\n       (ERR_LOCKSTEP_SERVICE_START)\n',
      );
    });

    it('that is a mistake of ours is told with its stack', async () => {
      surroundings = failWith(new Error('order number 7 twice'));
      expect(await run('service', '-c', file.path, '--replica', 'a')).to.equal(1);
      expect(surroundings.stderr.text).to.match(/mistake in Lockstep itself.*\nError: order number 7 twice\n {4}at /);
    });
  });
});
