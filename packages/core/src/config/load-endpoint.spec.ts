import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ErrorCode, LockstepError } from '@lockstep/contracts';
import { expect } from 'chai';
import { parseConfiguration } from './load-configuration.js';
import { loadEndpoint } from './load-endpoint.js';

const adapterText = (kind: string, more = '') => `
  export const adapter = {
    kind: '${kind}', ${more} defaultGate: 'none', module: () => undefined,
    parseOptions(options) {
      if (options.speed !== undefined) throw options.speed;
      return { seen: options };
    },
  };`;

describe('loadEndpoint', () => {
  let directory = '';

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-'));
    await Promise.all([
      ...['channel', 'dialect', 'faces'].map((kind) => writeFile(join(directory, `${kind}.mjs`), adapterText(kind))),
      writeFile(join(directory, 'program.mjs'), adapterText('channel', "serviceForm: 'program',")),
      writeFile(join(directory, 'sharing.mjs'), adapterText('faces', 'sharesConnections: true,')),
      writeFile(join(directory, 'hollow.mjs'), 'export const adapter = { kind: "channel" };'),
      writeFile(join(directory, 'broken.mjs'), 'import "./nowhere.mjs";'),
    ]);
  });

  after(() => rm(directory, { recursive: true }));

  async function load(...lines: string[]) {
    const text = [
      'group: kv',
      'replicas: { a: { link: 127.0.0.1:1 } }',
      'endpoints:',
      '  main:',
      '    client: { listen: 127.0.0.1:0 }',
      '    service: { connect: 127.0.0.1:2 }',
      ...lines.map((line) => `    ${line}`),
    ];
    const configuration = parseConfiguration(text.join('\n'), join(directory, 'kv.yaml'));
    const [endpoint] = configuration.clientEndpoints;
    if (endpoint === undefined) throw new Error('the text has an endpoint');
    return await loadEndpoint(configuration, endpoint);
  }

  async function expectRefusal(code: ErrorCode, message: RegExp, ...lines: string[]): Promise<void> {
    const error = await load(...lines).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(LockstepError).with.property('code', code);
    expect((error as Error).message.replaceAll(directory, '')).to.match(message);
  }

  it('loads a file, and hands it its options', async () => {
    const loaded = await load('adapter: ./faces.mjs', 'options: { depth: 3 }');
    expect(loaded).to.deep.include({ options: { seen: { depth: 3 } }, channel: undefined });
    expect(loaded.adapter.kind).to.equal('faces');
  });

  it('refuses the address of a program', async () => {
    const code = 'ERR_LOCKSTEP_CONFIGURATION';
    await expectRefusal(code, /program\.mjs is for programs, which are run\. Remove client/, 'adapter: ./program.mjs');
    await expectRefusal(code, /is for programs/, 'adapter: ./dialect.mjs', 'over: ./program.mjs');
  });

  it('lets faces share that can', async () => {
    await load('adapter: ./sharing.mjs', 'connections: shared');
    await expectRefusal('ERR_LOCKSTEP_CONFIGURATION', /cannot share/, 'adapter: ./faces.mjs', 'connections: shared');
  });

  it('loads the channel that carries a dialect', async () => {
    const loaded = await load('adapter: ./dialect.mjs', 'over: ./channel.mjs', 'connections: shared', 'gate: reply');
    expect(loaded.channel?.adapter.kind).to.equal('channel');
  });

  it('says how to get an adapter that is not there', async () => {
    await expectRefusal(
      'ERR_LOCKSTEP_ADAPTER_NOT_FOUND',
      /^\/kv\.yaml:7:14: The adapter \.\/none\.mjs cannot be found\. Check the path/,
      'adapter: ./none.mjs',
    );
    await expectRefusal(
      'ERR_LOCKSTEP_ADAPTER_NOT_FOUND',
      /^\/kv\.yaml:7:14: The adapter lockstep-none cannot be found\. Install it: npm install lockstep-none$/,
      'adapter: lockstep-none',
    );
  });

  it('says what an adapter lacks', async () => {
    await expectRefusal('ERR_LOCKSTEP_ADAPTER_NOT_FOUND', /cannot be loaded: .*nowhere\.mjs/, 'adapter: ./broken.mjs');
    await expectRefusal('ERR_LOCKSTEP_ADAPTER_INVALID', /exports no adapter/, 'adapter: ./hollow.mjs');
  });

  it('refuses what the adapter cannot do, with the line', async () => {
    const refusals: readonly (readonly [RegExp, ...string[]])[] = [
      [/^\/kv\.yaml:8:18: .* cannot share a connection/, 'adapter: ./channel.mjs', 'connections: shared'],
      [/^\/kv\.yaml:8:11: .* cannot wait for replies/, 'adapter: ./channel.mjs', 'gate: reply'],
      [/^\/kv\.yaml:8:11: .* cannot probe/, 'adapter: ./channel.mjs', 'gate: probe'],
      [/^\/kv\.yaml:8:11: .* needs nothing to carry it/, 'adapter: ./faces.mjs', 'over: ./channel.mjs'],
      [/^\/kv\.yaml:8:11: .* cannot carry/, 'adapter: ./dialect.mjs', 'over: ./faces.mjs'],
    ];
    for (const [message, ...lines] of refusals) {
      await expectRefusal('ERR_LOCKSTEP_CONFIGURATION', message, ...lines);
    }
  });
});
