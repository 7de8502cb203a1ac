import { LockstepError, type StandIn } from '@lockstep/contracts';
import type { ClientComposition, ClientOptions, CompositionRoot } from '@lockstep/core';
import { expect } from 'chai';
import { runCommandLine } from '../command-line.js';
import { ConfigurationFile } from '../configuration-file.fixture.js';
import { StubSurroundings } from '../stub-surroundings.fixture.js';

const text = `group: programs
replicas:
  a: { link: 127.0.0.1:7591 }
endpoints:
  calculator: { adapter: stdio, service: { run: bc } }
  spooler: { adapter: exec, options: { commands: [tsp] } }
`;

describe('lockstep stdio and exec', () => {
  let file: ConfigurationFile;
  let path: string;
  let several: string;
  let composed: ClientOptions[];
  let stops: number;

  before(() => {
    file = new ConfigurationFile();
    path = file.add('programs.yaml', text);
    several = file.add('several.yaml', `${text}  other: { adapter: stdio, service: { run: cat } }\n`);
  });
  after(() => file.remove());
  beforeEach(() => {
    composed = [];
    stops = 0;
  });

  /** Surroundings in which the client interceptor does nothing but what the test wants done in the program's place. */
  function surroundingsOf(play: (standIn: StandIn) => void): StubSurroundings {
    const composeClient: CompositionRoot['composeClient'] = (_, options) => {
      composed.push(options);
      if (options.standIn !== undefined) play(options.standIn);
      const composition: ClientComposition = {
        addresses: new Map(),
        done: new Promise(() => undefined),
        stop: () => {
          stops += 1;
          return Promise.resolve();
        },
      };
      return Promise.resolve(composition);
    };
    return new StubSurroundings({ composeClient });
  }

  it('exit as the program did, after they have stopped', async () => {
    for (const [status, expected] of [
      [{ code: 0, signal: null }, 0],
      [{ code: 42, signal: null }, 42],
      [{ code: null, signal: 'SIGSEGV' }, 139],
      [{ code: null, signal: 'SIGPIPE' }, 141],
    ] as const) {
      const surroundings = surroundingsOf((standIn) => setImmediate(() => standIn.onExit(status)));
      expect(await runCommandLine(['stdio', '-c', path], surroundings)).to.equal(expected);
      expect(surroundings.stdout.text + surroundings.stderr.text).to.equal('');
    }
    expect(stops).to.equal(4);
  });

  it('find the endpoint that they are for, and pass on the command line as it is', async () => {
    const surroundings = surroundingsOf((standIn) => standIn.onExit({ code: 0, signal: null }));
    await runCommandLine(['stdio', '-c', path], surroundings);
    await runCommandLine(['exec', '-c', path, '--', 'tsp', '-n', '--help', '-c', 'x'], surroundings);
    await runCommandLine(['exec', '-c', path, 'tsp', '-l'], surroundings);
    await runCommandLine(['stdio', '-c', several, '--endpoint', 'other'], surroundings);
    expect(composed.map(({ standIn }) => [standIn?.endpoint, standIn?.arguments])).to.deep.equal([
      ['calculator', []],
      ['spooler', ['tsp', '-n', '--help', '-c', 'x']],
      ['spooler', ['tsp', '-l']],
      ['other', []],
    ]);
  });

  it('say which endpoints there are when it is not clear which one is meant', async () => {
    for (const [words, message] of [
      [['stdio', '-c', several], /several endpoints for lockstep stdio: say which .*\(calculator, other\)/],
      [['stdio', '-c', path, '-e', 'spooler'], /no endpoint "spooler" for lockstep stdio. There is calculator/],
      [['exec', '-c', file.path, 'tsp'], /no endpoint for lockstep exec: write one with adapter: exec/],
      [['exec', '-c', path], /missing required argument 'program'/],
    ] as const) {
      const surroundings = surroundingsOf(() => undefined);
      expect(await runCommandLine(words, surroundings)).to.equal(2);
      expect(surroundings.stderr.text).to.match(message);
    }
    expect(composed).to.deep.equal([]);
  });

  it('say on standard error why they cannot go on, and fail', async () => {
    const error = new LockstepError('ERR_LOCKSTEP_NO_PRIMARY_VIEW', 'nobody is there');
    const surroundings = surroundingsOf((standIn) => standIn.onFailure(error));
    expect(await runCommandLine(['stdio', '-c', path], surroundings)).to.equal(1);
    expect(surroundings.stderr.text).to.equal('error: nobody is there\n       (ERR_LOCKSTEP_NO_PRIMARY_VIEW)\n');
    expect(surroundings.stdout.text).to.equal('');
    expect(stops).to.equal(1);
  });

  it('end at a signal, in good order and with its number', async () => {
    const surroundings = surroundingsOf(() => setImmediate(() => surroundings.signal('SIGTERM')));
    expect(await runCommandLine(['exec', '-c', path, 'tsp'], surroundings)).to.equal(143);
    expect(stops).to.equal(1);
  });

  it('log warnings to standard error, and nothing less important', async () => {
    const surroundings = surroundingsOf((standIn) => {
      composed[0]?.logger.info({}, 'attached');
      composed[0]?.logger.warn({}, 'gave up');
      standIn.onExit({ code: 0, signal: null });
    });
    await runCommandLine(['stdio', '-c', path], surroundings);
    expect(surroundings.stdout.text).to.equal('');
    expect(surroundings.stderr.lines).to.have.lengthOf(1);
    expect(surroundings.stderr.text).to.include('gave up');
  });
});
