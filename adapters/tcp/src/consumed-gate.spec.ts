import { turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { ConsumedGate } from './consumed-gate.js';
import type { SocketQueues } from './socket-tables.js';

const empty: SocketQueues = { unread: 0, unacknowledged: 0 };

describe('ConsumedGate', () => {
  let looks: (SocketQueues | undefined | Error)[];
  let lookCount: number;
  let idles: number;
  let gate: ConsumedGate;

  beforeEach(() => {
    looks = [];
    lookCount = 0;
    idles = 0;
    gate = new ConsumedGate(
      { quietMs: 1, readBytes: 1024 },
      {
        look: () => {
          lookCount += 1;
          const look = looks.length > 1 ? looks.shift() : looks[0];
          return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
        },
        onIdle: () => (idles += 1),
      },
    );
  });

  afterEach(() => gate.close());

  it('is not busy before anything is sent', () => {
    gate.taken();
    gate.answered();
    expect(gate.busy).to.equal(false);
  });

  it('an answer to what was taken ends the turn, without a look and not from inside the call', async () => {
    gate.sent(1024);
    gate.taken();
    gate.answered();
    gate.answered();
    expect(gate.busy).to.equal(true);
    expect(idles).to.equal(0);
    await until('it is idle', () => !gate.busy);
    await turns(2);
    expect({ idles, lookCount }).to.deep.equal({ idles: 1, lookCount: 0 });
  });

  it('an answer ends a turn that somebody waits for as well', async () => {
    gate.sent(1024);
    expect(gate.busy).to.equal(true);
    gate.taken();
    gate.answered();
    expect(idles).to.equal(0);
    await until('it is idle', () => idles === 1);
    expect({ busy: gate.busy, lookCount }).to.deep.equal({ busy: false, lookCount: 0 });
  });

  it('an answer before everything was taken proves nothing', async () => {
    looks = [{ unread: 5, unacknowledged: 0 }];
    gate.sent(10);
    gate.answered();
    gate.taken();
    await turns(3);
    expect(gate.busy).to.equal(true);
  });

  it('an answer and more to do in the same turn of the event loop: still busy', async () => {
    looks = [{ unread: 5, unacknowledged: 0 }];
    gate.sent(10);
    gate.taken();
    gate.answered();
    gate.sent(10);
    await turns(3);
    expect({ busy: gate.busy, idles }).to.deep.equal({ busy: true, idles: 0 });
  });

  it('after an answer to a large turn the queue is looked into', async () => {
    let unread = 700;
    const patient = new ConsumedGate(
      { quietMs: 10_000, readBytes: 1024 },
      {
        look: () => {
          lookCount += 1;
          return Promise.resolve({ unread, unacknowledged: 0 });
        },
        onIdle: () => (idles += 1),
      },
    );
    patient.sent(1000);
    patient.sent(25);
    patient.taken();
    patient.answered();
    expect(patient.busy).to.equal(true);
    await until('it was looked at', () => lookCount === 1);
    await turns(3);
    expect(patient.busy).to.equal(true);
    unread = 0;
    patient.answered();
    await until('it is idle', () => !patient.busy);
    expect({ idles, lookCount }).to.deep.equal({ idles: 1, lookCount: 2 });
    patient.close();
  });

  it('a service that reads more at once proves more with its answer', async () => {
    const greedy = new ConsumedGate(
      { quietMs: 10_000, readBytes: 1025 },
      {
        look: () => Promise.reject(new Error('it looks')),
        onIdle: () => (idles += 1),
      },
    );
    greedy.sent(1025);
    greedy.taken();
    expect(greedy.busy).to.equal(true);
    greedy.answered();
    await until('it is idle', () => idles === 1);
    expect(greedy.busy).to.equal(false);
  });

  it('does not look before somebody asks', async () => {
    let asked = 0;
    const other = new ConsumedGate(
      { quietMs: 1, readBytes: 1024 },
      {
        look: () => {
          asked += 1;
          return Promise.resolve({ unread: 1, unacknowledged: 0 });
        },
        onIdle: () => {},
      },
    );
    looks = [empty];
    for (const each of [gate, other]) {
      each.sent(3000);
      each.taken();
      each.answered();
    }
    expect(other.busy).to.equal(true);
    await until('the gate that was asked has looked several times', () => asked > 3);
    other.close();
    expect(lookCount).to.equal(0);
    expect(gate.busy).to.equal(true);
    await until('it is idle', () => idles === 1);
    expect({ busy: gate.busy, lookCount }).to.deep.equal({ busy: false, lookCount: 1 });
  });

  it('a service that stays quiet is finished when it has read everything', async () => {
    looks = [{ unread: 3, unacknowledged: 0 }, { unread: 3, unacknowledged: 0 }, empty];
    gate.sent(3);
    gate.taken();
    await until('it is idle', () => !gate.busy);
    expect({ idles, lookCount }).to.deep.equal({ idles: 1, lookCount: 3 });
  });

  it('what is read and not acknowledged counts as read at the second look', async () => {
    looks = [{ unread: 0, unacknowledged: 3 }];
    gate.sent(3);
    gate.taken();
    await until('it is idle', () => !gate.busy);
    expect(lookCount).to.equal(2);
  });

  it('what is not acknowledged and moves does not count as read', async () => {
    looks = [
      { unread: 0, unacknowledged: 900 },
      { unread: 0, unacknowledged: 600 },
      { unread: 0, unacknowledged: 0 },
    ];
    gate.sent(1000);
    gate.taken();
    await until('it is idle', () => !gate.busy);
    expect(lookCount).to.equal(3);
  });

  it('where the queues cannot be seen, quiet is enough', async () => {
    looks = [undefined];
    gate.sent(3);
    gate.taken();
    await until('it is idle', () => !gate.busy);
    expect(lookCount).to.equal(1);
  });

  it('where the queues cannot be read for the moment, it looks again', async () => {
    looks = [new Error('EMFILE'), new Error('EMFILE'), empty];
    gate.sent(3);
    gate.taken();
    await until('it is idle', () => !gate.busy);
    expect(lookCount).to.equal(3);
  });

  it('a look that began before the last send proves nothing', async () => {
    let answer: ((queues: SocketQueues) => void) | undefined;
    const slow = new ConsumedGate(
      { quietMs: 1, readBytes: 1024 },
      {
        look: () => new Promise((resolve) => (answer = resolve)),
        onIdle: () => (idles += 1),
      },
    );
    slow.sent(1);
    slow.taken();
    expect(slow.busy).to.equal(true);
    await until('it looks', () => answer !== undefined);
    slow.sent(1);
    answer?.(empty);
    await turns(3);
    expect({ busy: slow.busy, idles }).to.deep.equal({ busy: true, idles: 0 });
    slow.close();
  });

  it('tells nothing after it was closed', async () => {
    looks = [empty];
    gate.sent(1);
    gate.taken();
    gate.answered();
    gate.close();
    await turns(10);
    expect({ busy: gate.busy, idles }).to.deep.equal({ busy: false, idles: 0 });
  });
});
