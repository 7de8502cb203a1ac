import { tokens, type Dialect, type EndpointContext } from '@lockstep/contracts';
import { RecordingLogger } from '@lockstep/testkit';
import { expect } from 'chai';
import { Container } from 'inversify';
import { request } from './conversations.fixture.js';
import adapter, { adapter as named, RespDialect } from './index.js';

function dialectOf(context: Pick<EndpointContext, 'connections'>): Dialect {
  const container = new Container();
  const logger = new RecordingLogger();
  container.load(adapter.module(adapter.parseOptions({}), { endpoint: 'redis', logger, ...context }));
  expect(container.get(tokens.Dialect)).to.equal(container.get(tokens.Dialect));
  return container.get<Dialect>(tokens.Dialect);
}

describe('the RESP adapter', () => {
  it('is a dialect, under both names', () => {
    expect(adapter).to.equal(named);
    expect(adapter).to.include({ kind: 'dialect', defaultGate: 'reply' });
    expect(dialectOf({ connections: 'dedicated' })).to.be.instanceOf(RespDialect);
  });

  it('refuses what cannot be shared only where connections are shared', () => {
    const select = Buffer.from(request('SELECT', '1'));
    expect(dialectOf({ connections: 'shared' }).createSession().readRequests(select)).to.have.property('refusal');
    expect(dialectOf({ connections: 'dedicated' }).createSession().readRequests(select)).to.have.lengthOf(1);
  });

  it('fills in its option', () => {
    expect(adapter.parseOptions(undefined)).to.deep.equal({ maxBulk: 536_870_912 });
    expect(adapter.parseOptions({ maxBulk: 1024 })).to.deep.equal({ maxBulk: 1024 });
  });

  const wrong: [options: unknown, name: string][] = [
    ['512mb', 'options'],
    [[], 'options'],
    [{ maxbulk: 5 }, 'maxbulk'],
    [{ maxBulk: 0 }, 'maxBulk'],
    [{ maxBulk: '512mb' }, 'maxBulk'],
    [{ maxBulk: 1.5 }, 'maxBulk'],
  ];
  for (const [options, name] of wrong) {
    it(`names ${name} as what is wrong with ${JSON.stringify(options)}`, () => {
      expect(() => adapter.parseOptions(options))
        .to.throw(new RegExp(`^${name} .*\\. [A-Z]`))
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }
});
