import { expect } from 'chai';
import { endPointsText } from './socket-ends.js';
import { SocketTables } from './socket-tables.js';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, queues: string): string =>
  `   7: ${local} ${remote} 01 ${queues} 01:00000018 00000000     0        0 4711 1 0000000000000000 20 4 30 10 -1\n`;

const ends = { localAddress: '127.0.0.1', localPort: 50_000, remoteAddress: '127.0.0.1', remotePort: 6379 };
const ours = row('0100007F:C350', '0100007F:18EB', '00000012:00000000');
const theirs = row('0100007F:18EB', '0100007F:C350', '00000000:000000FF');
const theirsMapped = row(
  '0000000000000000FFFF00000100007F:18EB',
  '0000000000000000FFFF00000100007F:C350',
  '00000000:00000001',
);

describe('SocketTables', () => {
  it('finds our send queue and the receive queue of the service', async () => {
    const tables = new SocketTables(() => Promise.resolve(heading + ours + theirs));
    expect(await tables.look(ends)).to.deep.equal({ unread: 255, unacknowledged: 18 });
  });

  it('finds a service that listens on all addresses of both kinds', async () => {
    const tables = new SocketTables((path) =>
      Promise.resolve(path === '/proc/net/tcp' ? heading + ours : heading + theirsMapped),
    );
    expect(await tables.look(ends)).to.deep.equal({ unread: 1, unacknowledged: 18 });
  });

  it('knows nothing of a service elsewhere, of a system without tables, and of a socket without addresses', async () => {
    expect(await new SocketTables(() => Promise.resolve(heading + ours)).look(ends)).to.equal(undefined);
    expect(await new SocketTables(() => Promise.resolve(undefined)).look(ends)).to.equal(undefined);
    expect(await new SocketTables(() => Promise.resolve(heading)).look({})).to.equal(undefined);
  });

  it('lets those who ask during a reading share the next one', async () => {
    let readings = 0;
    const finish: (() => void)[] = [];
    const tables = new SocketTables((path) => {
      if (path === '/proc/net/tcp') readings += 1;
      return new Promise((resolve) => finish.push(() => resolve(heading + ours + theirs)));
    });
    const first = tables.look(ends);
    const second = tables.look(ends);
    const third = tables.look(ends);
    finish.shift()?.();
    await first;
    expect(readings).to.equal(2);
    finish.shift()?.();
    await Promise.all([second, third]);
    expect(readings).to.equal(2);
  });

  it('says when a table cannot be read, and reads it again later', async () => {
    let broken = true;
    const tables = new SocketTables(() =>
      broken ? Promise.reject(new Error('EMFILE')) : Promise.resolve(heading + ours + theirs),
    );
    const outcomes = await Promise.allSettled([tables.look(ends), tables.look(ends)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    broken = false;
    expect(await tables.look(ends)).to.deep.equal({ unread: 255, unacknowledged: 18 });
  });
});

describe('endPointsText', () => {
  const ipv6 = (address: string): string | undefined =>
    endPointsText({ localAddress: address, localPort: 1, remoteAddress: '::', remotePort: 2 })?.local;

  it('writes addresses as the kernel does', () => {
    expect(ipv6('::1')).to.equal('00000000000000000000000001000000:0001');
    expect(ipv6('::')).to.equal('00000000000000000000000000000000:0001');
    expect(ipv6('::ffff:127.0.0.1')).to.equal('0000000000000000FFFF00000100007F:0001');
    expect(ipv6('fe80::1234:5%eth0')).to.equal('000080FE000000000000000005003412:0001');
    expect(ipv6('1:2:3:4:5:6:7:8')).to.equal('02000100040003000600050008000700:0001');
  });

  it('has nothing to say of other sockets', () => {
    expect(ipv6('/run/kv.sock')).to.equal(undefined);
    expect(endPointsText({ localAddress: '127.0.0.1' })).to.equal(undefined);
  });
});
