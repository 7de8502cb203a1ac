import { tokens } from '@lockstep/contracts';
import { RecordingLogger } from '@lockstep/testkit';
import { expect } from 'chai';
import { Container } from 'inversify';
import adapter, { adapter as named, LineDialect } from './index.js';

describe('the line adapter', () => {
  it('is a dialect, under both names', () => {
    expect(adapter).to.equal(named);
    expect(adapter).to.include({ kind: 'dialect', defaultGate: 'reply' });
  });

  it('binds its dialect once', () => {
    const container = new Container();
    container.load(
      adapter.module(adapter.parseOptions({}), {
        endpoint: 'kv',
        logger: new RecordingLogger(),
        connections: 'dedicated',
      }),
    );
    expect(container.get(tokens.Dialect)).to.be.instanceOf(LineDialect);
    expect(container.get(tokens.Dialect)).to.equal(container.get(tokens.Dialect));
  });

  it('fills in its options', () => {
    const rules = adapter.parseOptions(undefined);
    expect(rules).to.include({ lineBytesMax: 65_536, bodyBytesMax: 8_388_608, terminator: undefined });
    expect(rules.requests).to.deep.equal([]);
  });

  it('puts its own rules before those of the preset, and its own limits in their place', () => {
    const own = { request: '^get', until: '^X$' };
    const rules = adapter.parseOptions({ preset: 'memcached', maxLength: 100, replies: [own] });
    expect(rules).to.include({ lineBytesMax: 100, bodyTerminatorBytes: 2 });
    expect(rules.replies[0]?.until?.source).to.equal('^X$');
    expect(rules.replies.length).to.be.greaterThan(1);
  });

  const wrong: [options: unknown, path: string][] = [
    ['LIST', 'options'],
    [{ maxLenght: 5 }, 'maxLenght'],
    [{ maxLength: 0 }, 'maxLength'],
    [{ maxLength: '64 KiB' }, 'maxLength'],
    [{ maxBody: -1 }, 'maxBody'],
    [{ terminator: '' }, 'terminator'],
    [{ terminator: '\u20ac' }, 'terminator'],
    [{ terminator: 10 }, 'terminator'],
    [{ preset: 'redis' }, 'preset'],
    [{ preset: '__proto__' }, 'preset'],
    [{ refusal: 5 }, 'refusal'],
    [{ replies: {} }, 'replies'],
    [{ replies: ['LIST'] }, 'replies[0]'],
    [{ replies: [{ until: '^END$' }] }, 'replies[0].request'],
    [{ replies: [{ request: '^LIST' }, { request: '(' }] }, 'replies[1].request'],
    [{ replies: [{ request: '^LIST', until: '[' }] }, 'replies[0].until'],
    [{ replies: [{ request: '^LIST', body: { line: '^V (\\d+)' } }] }, 'replies[0].body.length'],
    [{ replies: [{ request: '^LIST', body: { line: '^V (\\d+)', length: 2 } }] }, 'replies[0].body.length'],
    [{ requests: [{ request: '^PUT', body: 1 }] }, 'requests[0].body'],
    [{ requests: [{ request: '^PUT (\\d+)', body: 0 }] }, 'requests[0].body'],
    [{ requests: [{ request: '^PUT', noreply: '*' }] }, 'requests[0].noreply'],
    [{ requests: [{ request: '^PUT', refuse: '\u20ac' }] }, 'requests[0].refuse'],
  ];
  for (const [options, path] of wrong) {
    it(`names ${path} as what is wrong with ${JSON.stringify(options)}`, () => {
      expect(() => adapter.parseOptions(options))
        .to.throw(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')} .*\\. [A-Z]`, 's'))
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }
});
