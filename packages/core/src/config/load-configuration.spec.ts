import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockstepError } from '@lockstep/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadConfiguration, parseConfiguration } from './load-configuration.js';

const text = `
group: kv
replicas:
  a: { link: 127.0.0.1:7501, vars: { port: 7511, outlet: 1, release: 1.10 } }
  w: { link: '[::1]:7502', witness: true, vars: { outlet: 3 } }
service:
  run: serve --name \${group}-\${name} --port \${port} --home $\${HOME}
  ready: { tcp: '127.0.0.1:\${port}' }
  env: { RELEASE: '\${release}', VERBOSE: no, DEPTH: 007 }
  stopTimeoutMs: 100
endpoints:
  main:
    adapter: line
    gate: reply
    client: { listen: 127.0.0.1:0 }
    service: { connect: '127.0.0.1:\${port}' }
    options: { greeting: 'I am \${name}', list: ['\${port}', 7] }
  side:
    adapter: ./side.js
    connections: shared
    client: { listen: 127.0.0.1:0 }
    service: { connect: 127.0.0.1:9 }
fence: { run: 'outlet-off \${outlet} \${name}' }
limits: { connectionWindowBytes: 64 KiB }
timing: { suspectAfterMs: 2000 }
`;

describe('loadConfiguration', () => {
  const configuration = parseConfiguration(text, '/etc/lockstep/kv.yaml');

  it('lists the members in the order of the file', () => {
    expect(configuration.replicas).to.deep.equal([
      { name: 'a', link: '127.0.0.1:7501', witness: false },
      { name: 'w', link: '[::1]:7502', witness: true },
    ]);
  });

  it('fills in the variables of a replica, its name and the group, as they are written', () => {
    const { service, endpoints, fenceCommand } = configuration.forReplica('a');
    expect(service).to.deep.equal({
      run: 'serve --name kv-a --port 7511 --home ${HOME}',
      readyAddress: '127.0.0.1:7511',
      environment: { RELEASE: '1.10', VERBOSE: 'no', DEPTH: '007' },
      stateTransfer: 'replay',
      readyTimeoutMs: 10_000,
      stopTimeoutMs: 100,
      restart: true,
    });
    expect(endpoints[0]).to.deep.equal({
      name: 'main',
      adapter: { name: 'line', specifier: '@lockstep/adapter-line' },
      over: undefined,
      connections: 'dedicated',
      gate: 'reply',
      connect: '127.0.0.1:7511',
      run: undefined,
      options: { greeting: 'I am a', list: ['7511', 7] },
    });
    expect(fenceCommand).to.equal('outlet-off 1 a');
  });

  it('finds adapters by short name, and by a path from the folder of the file', () => {
    const specifiers = configuration.clientEndpoints.map(({ adapter }) => adapter.specifier);
    expect(specifiers).to.deep.equal(['@lockstep/adapter-line', 'file:///etc/lockstep/side.js']);
  });

  it('gives a witness no service, and its own variables to the fence', () => {
    const { service, endpoints, fenceCommand } = configuration.forReplica('w');
    expect({ service, endpoints, fenceCommand }).to.deep.equal({
      service: undefined,
      endpoints: [],
      fenceCommand: 'outlet-off 3 w',
    });
  });

  it('leaves what only replicas know as it is written for a client interceptor', () => {
    expect(configuration.clientEndpoints[0]?.options).to.deep.equal({
      greeting: 'I am ${name}',
      list: ['${port}', 7],
    });
  });

  it('fills in the defaults', () => {
    expect(configuration.limits).to.deep.equal({
      connectionWindowBytes: 65_536,
      processCacheBytes: 268_435_456,
      historyBytes: 1_073_741_824,
      maxConnections: 16_384,
    });
    expect(configuration.localLinks).to.equal(true);
    expect(configuration.timing).to.deep.equal({
      suspectAfterMs: 2000,
      heartbeatMs: 400,
      expireClientAfterMs: 20_000,
      giveUpAfterMs: 60_000,
      laggardAfterMs: 20_000,
      gateTimeoutMs: 1000,
    });
  });

  it('refuses a replica that it does not have', () => {
    expect(() => configuration.forReplica('b')).to.throw(
      LockstepError,
      '/etc/lockstep/kv.yaml has no replica "b". It has a, w.',
    );
  });

  it('points at the place of what is found wrong later', () => {
    const keys = ['endpoints', 'main', 'options', 'list', 1];
    expect(configuration.placeOf(keys)).to.equal('/etc/lockstep/kv.yaml:17:60');
    expect(configuration.errorAt(keys, 'seven is odd', 'Take eight.').message).to.equal(
      '/etc/lockstep/kv.yaml:17:60: seven is odd. Take eight.',
    );
  });

  it('reads a file, and says how to name one when there is none', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lockstep-'));
    try {
      const path = join(directory, 'lockstep.yaml');
      const missing = await loadConfiguration(path).catch((error: unknown) => error);
      expect(missing).to.be.instanceOf(LockstepError).with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
      expect((missing as Error).message).to.match(
        /^there is no file .*lockstep\.yaml\. Name the configuration file with -c/,
      );
      await writeFile(path, text);
      expect(await loadConfiguration(path)).to.include({ group: 'kv', directory });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('answers every damaged file with a configuration or an operating error', () => {
    const damage = fc.record({
      at: fc.nat(text.length),
      remove: fc.nat(20),
      insert: fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.constantFrom('${', '}', ': ', '\n', '- ', '&x ', '*x', '{', '[]', '~', '!t ', '"'),
      ),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const damaged = damages.reduce(
          (all, { at, remove, insert }) => all.slice(0, at) + insert + all.slice(at + remove),
          text,
        );
        try {
          parseConfiguration(damaged, 'x.yaml');
        } catch (error) {
          expect(error).to.be.instanceOf(LockstepError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
