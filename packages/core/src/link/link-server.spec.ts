import { LockstepError } from '@lockstep/contracts';
import { expect } from 'chai';
import { connect } from 'node:net';
import type { Hello, LinkRole } from '../wire/hello.js';
import { dial, type DialOutcome } from './dial.js';
import { EventCounters } from './event-counters.js';
import { linkLimits } from './limits.js';
import { type Address, formatAddress } from '@lockstep/sockets';
import { RecordingLogger } from './recording-logger.fixture.js';
import { until } from './until.fixture.js';
import { LinkServer } from './link-server.js';
import { queryMemberStatus } from './query-member-status.js';
import { serveStatus } from './status-server.js';

const own = { group: 'g', identity: 'a/1', settings: '' };

describe('link server', () => {
  let server: LinkServer;
  let address: Address;
  let counters: EventCounters;
  let logger: RecordingLogger;
  let accepted: Hello[];

  beforeEach(async () => {
    counters = new EventCounters();
    logger = new RecordingLogger();
    accepted = [];
    server = new LinkServer({ address: { host: '127.0.0.1', port: 0 }, own, purpose: 'replica a', logger, counters });
    server.serve('client', {
      judge: () => undefined,
      accept: (connection, theirs) => {
        accepted.push(theirs);
        connection.end('seen');
      },
    });
    address = await server.listen();
  });

  afterEach(() => server.close());

  const reach = (identity: string, role: LinkRole, group = 'g'): Promise<DialOutcome> =>
    new Promise((onDone) => {
      const theirOwn = { group, identity, settings: '' };
      dial({ address, own: theirOwn, role, judge: () => undefined, timeoutMs: 9000, counters, onDone });
    });

  it('hands links to whoever serves their role', async () => {
    expect((await reach('client-1', 'client')).kind).to.equal('up');
    await until(() => accepted.length === 1);
    expect(accepted[0]).to.include({ role: 'client', identity: 'client-1', pid: process.pid });
  });

  it('refuses roles that nobody serves, as a witness does with clients (F31)', async () => {
    expect(await reach('x/1', 'transfer')).to.deep.include({ kind: 'refused', by: 'them' });
    await until(() => logger.lines.length === 1);
    expect(logger.lines[0]).to.equal(
      'warn: A link was refused. This member takes no transfer links: check which address is configured for what.',
    );
    expect(counters.count('link-refused-role')).to.equal(1);
  });

  it('refuses another group (F31)', async () => {
    expect(await reach('client-1', 'client', 'other')).to.deep.include({ kind: 'refused' });
    expect(accepted).to.deep.equal([]);
  });

  it('closes connections that say nothing sensible, and counts them (F28)', async () => {
    for (const garbage of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\0', '\x05\0\0\0\x01\0\0\0x', '\xff'.repeat(100)]) {
      await new Promise((resolve) => {
        const socket = connect(address, () => socket.write(garbage, 'latin1'));
        socket.resume().on('error', () => undefined);
        socket.on('close', resolve);
      });
    }
    await until(() => counters.count('link-handshake-failed') === 4);
    expect(counters.count('link-bad-input')).to.equal(4);
  });

  it('takes a thousand dials at once (F39)', async () => {
    const outcomes = await Promise.all(Array.from({ length: 1000 }, (_, index) => reach(`client-${index}`, 'client')));
    expect(outcomes.filter(({ kind }) => kind === 'up')).to.have.lengthOf(1000);
    await until(() => accepted.length === 1000);
  });

  it('refuses connections beyond those that it shakes hands with (F39)', async function () {
    this.timeout(20_000);
    const sockets = Array.from({ length: linkLimits.handshakesMax }, () => connect(address));
    for (const socket of sockets) socket.on('error', () => undefined);
    await until(() => counters.count('link-accepted') === linkLimits.handshakesMax);
    const outcome = await reach('client-1', 'client');
    expect(outcome).to.deep.include({ kind: 'refused', by: 'them' });
    expect(counters.count('link-refused-overloaded')).to.equal(1);
    for (const socket of sockets) socket.destroy();
    await until(() => counters.count('link-handshake-failed') === linkLimits.handshakesMax);
    expect((await reach('client-1', 'client')).kind).to.equal('up');
  });

  it('says whose address is taken, and what to do (F21)', async () => {
    const second = new LinkServer({ address, own, purpose: 'replica a', logger, counters });
    const error = await second.listen().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(LockstepError);
    expect(error).to.include({ code: 'ERR_LOCKSTEP_ADDRESS_IN_USE', retryable: true });
    expect((error as Error).message).to.contain(`${formatAddress(address)}, the link address of replica a.`);
  });

  it('says when an address is not of this host', async () => {
    const elsewhere = { host: '203.0.113.1', port: 7400 };
    const second = new LinkServer({ address: elsewhere, own, purpose: 'replica a', logger, counters });
    const error = await second.listen().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.include({ code: 'ERR_LOCKSTEP_LISTEN' });
  });

  it('frees its address at once', async () => {
    await server.close();
    const second = new LinkServer({ address, own, purpose: 'replica a', logger, counters });
    await second.listen();
    await second.close();
  });

  describe('status', () => {
    it('answers an observer with one document', async () => {
      serveStatus(server, () => ({ view: 7, name: 'ä' }), logger);
      expect(await queryMemberStatus(address, 'g', 2000)).to.deep.equal({ view: 7, name: 'ä' });
    });

    it('answers with a large document', async () => {
      const document = { clients: Array.from({ length: 5000 }, (_, index) => `client-${index}`) };
      serveStatus(server, () => document, logger);
      expect(await queryMemberStatus(address, 'g', 2000)).to.deep.equal(document);
    });

    const failure = async (group: string, timeoutMs = 2000): Promise<unknown> =>
      queryMemberStatus(address, group, timeoutMs).then(
        () => undefined,
        (reason: unknown) => reason,
      );

    it('does not answer observers of another group', async () => {
      serveStatus(server, () => ({}), logger);
      expect(await failure('h')).to.include({ code: 'ERR_LOCKSTEP_HANDSHAKE_REFUSED', retryable: false });
    });

    it('does not answer with more than a frame', async () => {
      serveStatus(server, () => ({ large: 'x'.repeat(2_000_000) }), logger);
      expect(await failure('g')).to.include({ code: 'ERR_LOCKSTEP_UNREACHABLE' });
      expect(logger.lines).to.deep.equal(['error: The status is too large to be sent']);
    });

    it('cannot be asked where nobody listens', async () => {
      await server.close();
      const error = await failure('g');
      expect(error).to.include({ code: 'ERR_LOCKSTEP_UNREACHABLE', retryable: true });
      expect((error as Error).message).to.contain('nobody listens there');
    });
  });
});
