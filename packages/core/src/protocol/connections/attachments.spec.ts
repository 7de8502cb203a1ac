import { expect } from 'chai';
import type { OrderNumber } from '@lockstep/contracts';
import {
  a1,
  acknowledge,
  acknowledgement,
  attach,
  attached,
  b1,
  commands,
  data,
  detach,
  end,
  expire,
  k,
  keyOf,
  message,
  open,
  output,
  piece,
  progress,
  ReplicaBench,
  reset,
  viewOf,
  withNews,
} from './replica-bench.fixture.js';
import type { AttachRefused, MemberToClient } from './client-link.js';
import { connectionLimits } from './limits.js';
import type { ReplicaEffect } from './replica-io.js';

function say(...messages: MemberToClient[]): ReplicaEffect {
  return { kind: 'send-client', client: k, messages };
}

const close: ReplicaEffect = { kind: 'close-client', client: k };

function refuse(reason: AttachRefused['reason'], members = [a1, b1]): ReplicaEffect[] {
  return [say({ kind: 'refused', reason, members }), close];
}

function badInput(fault: string): ReplicaEffect[] {
  return [
    { kind: 'report', level: 'warn', event: 'client-bad-input', fields: { client: k, fault } },
    ...refuse('bad-input'),
  ];
}

function execute(order: number): ReplicaEffect {
  return { kind: 'execute', order: order as OrderNumber, operations: [] };
}

const submitDetach: ReplicaEffect = { kind: 'submit', entry: detach(1) };

describe('attachments of client interceptors', () => {
  it('are asked for in the order, and confirmed when that is stable', () => {
    const bench = new ReplicaBench();
    expect(bench.linkUp()).to.deep.equal([]);
    expect(bench.ask(1)).to.deep.equal([{ kind: 'submit', entry: attach(1, a1) }]);
    expect(bench.order(attach(1, a1))).to.deep.equal([execute(1)]);
    expect(bench.stable()).to.deep.equal([say(attached(1, 1, 1))]);
  });

  it('are told how far the requests are in and taken, and that nothing else is live', () => {
    const bench = new ReplicaBench(b1);
    bench.settle(attach(1, a1), commands(1, open(1), open(2), data(1, 0, 'abc'), reset(2), open(3), end(3, 0)));
    bench.later();
    bench.tell({ kind: 'input-taken', connection: keyOf('k:1@2'), units: 2 });
    bench.linkUp();
    bench.ask(2, true);
    expect(bench.settle(attach(2, b1, { established: true }))).to.deep.include(
      say(attached(2, 3, 4, [1, 3, 2], [3, 1, 0])),
    );
  });

  it('go on with the output behind what was received', () => {
    const bench = new ReplicaBench(b1);
    bench.settle(attach(1, a1), commands(1, open(1)));
    bench.later();
    bench.output('abcdef', 2);
    bench.linkUp();
    bench.ask(2, true);
    bench.settle(attach(2, b1, { established: true, received: [acknowledgement(1, 4)] }));
    expect(bench.flush()).to.deep.equal([say(output(2, piece(1, 4, 'ef')))]);
  });

  it('pass batches into the order in the bytes that they came in', () => {
    const bench = new ReplicaBench().attached();
    expect(bench.send(1, data(1, 0, 'abc'))).to.deep.equal([
      { kind: 'submit', entry: commands(1, data(1, 0, 'abc')), encoded: Uint8Array.of(2) },
    ]);
  });

  describe('tell, cumulatively, which batches are stable', () => {
    function withStableBatch(): ReplicaBench {
      const bench = new ReplicaBench().attached();
      bench.order(commands(1, data(1, 0, 'a')), commands(1, data(1, 1, 'b')));
      bench.stable(3);
      return bench;
    }

    it('with output', () => {
      const bench = withStableBatch();
      expect(bench.flush()).to.deep.equal([]);
      bench.output('abc', 3);
      expect(bench.flush()).to.deep.equal([say(withNews(output(1, piece(1, 0, 'abc')), 2))]);
      bench.output('def', 3);
      expect(bench.flush()).to.deep.equal([say(output(1, piece(1, 3, 'def')))]);
    });

    it('in the place of a heartbeat', () => {
      const bench = withStableBatch();
      expect(bench.at(100)).to.deep.equal([say(progress(1, 2))]);
      expect(bench.at(200)).to.deep.equal([say({ kind: 'heartbeat' })]);
    });

    it('of which parts are none', () => {
      const bench = new ReplicaBench().attached();
      bench.sendPart(1, data(1, 0, 'ab'));
      bench.send(1, data(1, 2, 'c'));
      bench.settle(commands(1, data(1, 0, 'ab')));
      expect(bench.at(100)).to.deep.equal([say(progress(1, 1))]);
      bench.settle(commands(1, data(1, 2, 'c')));
      expect(bench.at(200)).to.deep.equal([say(progress(1, 2))]);
    });

    it('when they are many', () => {
      const bench = withStableBatch();
      for (let batches = 4; batches < connectionLimits.untoldBatchesMax; batches++)
        bench.settle(commands(1, acknowledge(1, 0)));
      expect(bench.flush()).to.deep.equal([]);
      bench.settle(commands(1, acknowledge(1, 0)));
      expect(bench.flush()).to.deep.equal([say(progress(1, connectionLimits.untoldBatchesMax))]);
    });
  });

  describe('give credit for input', () => {
    const taken = (units: number) => ({ kind: 'input-taken', connection: keyOf('k:1@2'), units }) as const;
    function withInput(): ReplicaBench {
      const bench = new ReplicaBench().attached();
      bench.settle(commands(1, data(1, 0, 'x'.repeat(100)), data(1, 100, 'x'.repeat(200))));
      bench.flush();
      return bench;
    }

    it('when it is more than a quarter of the window', () => {
      const bench = withInput();
      bench.tell(taken(100));
      expect(bench.flush()).to.deep.equal([]);
      bench.tell(taken(300));
      expect(bench.flush()).to.deep.equal([say(progress(1, 2, [1, 300]))]);
    });

    it('when something else is said', () => {
      const bench = withInput();
      bench.tell(taken(100));
      bench.output('abc', 3);
      expect(bench.flush()).to.deep.equal([say(withNews(output(1, piece(1, 0, 'abc')), 2, [1, 100]))]);
    });

    it('not with each piece of the output of one batch', () => {
      const bench = withInput();
      bench.output('abc', 3);
      bench.flush();
      bench.tell(taken(50));
      bench.output('def', 3);
      expect(bench.flush()).to.deep.equal([say(output(1, piece(1, 3, 'def')))]);
    });

    it('in the place of a heartbeat', () => {
      const bench = withInput();
      bench.tell(taken(100));
      bench.flush();
      expect(bench.at(100)).to.deep.equal([say(progress(1, 2, [1, 100]))]);
    });

    it('for all of it once the service has broken the connection', () => {
      const bench = withInput();
      bench.tell({ kind: 'output-reset', connection: keyOf('k:1@2'), cause: 3 as OrderNumber });
      bench.settle(commands(1, data(1, 300, 'xyz')));
      const [first] = bench.flush();
      expect(first).to.have.nested.property('messages[0].news.taken[0].position', 303);
    });
  });

  describe('end', () => {
    it('when the link breaks: the order is told', () => {
      const bench = new ReplicaBench().attached();
      expect(bench.tell({ kind: 'client-link-down', client: k })).to.deep.equal([submitDetach]);
      expect(bench.tell({ kind: 'client-link-down', client: k })).to.deep.equal([]);
    });

    it('when the link breaks before the attachment is ordered', () => {
      const bench = new ReplicaBench();
      bench.linkUp();
      bench.ask(1);
      expect(bench.tell({ kind: 'client-link-down', client: k })).to.deep.equal([submitDetach]);
      expect(bench.settle(attach(1, a1), detach(1))).to.deep.equal([]);
      expect(bench.later()).to.deep.equal([execute(1), execute(2)]);
    });

    it('silently, when the link had not asked for anything', () => {
      const bench = new ReplicaBench();
      bench.linkUp();
      expect(bench.tell({ kind: 'client-link-down', client: k })).to.deep.equal([]);
    });

    it('when the client attaches elsewhere: at once in the order, told when stable', () => {
      const bench = new ReplicaBench().attached();
      bench.output('abc', 2);
      bench.order(attach(2, b1, { established: true }));
      expect(bench.flush()).to.deep.equal([]);
      expect(bench.send(1, data(1, 0, 'late'))).to.deep.equal([]);
      expect(bench.stable()).to.deep.equal(refuse('superseded'));
    });

    it('before they began, when the client has attached elsewhere with a larger epoch', () => {
      const bench = new ReplicaBench();
      bench.linkUp();
      bench.ask(1);
      bench.settle(attach(2, b1));
      expect(bench.settle(attach(1, a1))).to.deep.equal([execute(2), ...refuse('superseded')]);
    });

    it('with the news of an expiry, when that is stable', () => {
      const bench = new ReplicaBench();
      bench.settle(attach(1, b1), expire(1));
      bench.linkUp();
      bench.ask(2, true);
      expect(bench.order(attach(2, a1, { established: true }))).to.deep.equal([execute(3)]);
      expect(bench.stable()).to.deep.equal([say({ kind: 'expired' }), close]);
    });

    it('with the news of an expiry, when the client is faulty', () => {
      const bench = new ReplicaBench().attached();
      expect(bench.settle(commands(1, open(3)))).to.deep.equal([
        {
          kind: 'execute',
          order: 3,
          operations: [{ kind: 'reset', connection: keyOf('k:1@2') }],
        },
        {
          kind: 'report',
          level: 'warn',
          event: 'client-expired',
          fields: { client: k, epoch: 1, fault: 'gap in the connection numbers' },
        },
        say({ kind: 'expired' }),
        close,
      ]);
    });

    it('when this replica leaves; it is no candidate any more', () => {
      const bench = new ReplicaBench().attached();
      expect(bench.tell({ kind: 'leaving' })).to.deep.equal([...refuse('leaving', [b1]), submitDetach]);
      bench.linkUp();
      expect(bench.ask(2)).to.deep.equal(refuse('leaving', [b1]));
    });

    it('when this member hears no quorum, until it does again; the group may go on elsewhere', () => {
      const bench = new ReplicaBench().attached();
      expect(bench.tell({ kind: 'quorum', heard: false })).to.deep.equal([...refuse('no-quorum', [b1]), submitDetach]);
      bench.linkUp();
      expect(bench.ask(2)).to.deep.equal(refuse('no-quorum', [b1]));
      expect(bench.tell({ kind: 'quorum', heard: true })).to.deep.equal([]);
      bench.linkUp();
      expect(bench.ask(3)).to.have.deep.nested.property('[0].kind', 'submit');
    });

    it('after silence', () => {
      const bench = new ReplicaBench().attached();
      for (let now = 100; now < 1000; now += 100) bench.at(now);
      expect(bench.at(1000)).to.deep.equal([
        { kind: 'report', level: 'info', event: 'client-silent', fields: { client: k } },
        close,
        submitDetach,
      ]);
    });

    it('not after silence if this process stood still, or did not read', () => {
      const bench = new ReplicaBench().attached();
      expect(bench.at(5000)).to.deep.equal([say(progress(1, 1))]);
      bench.tell({ kind: 'writable', writable: false });
      for (let now = 5100; now < 7000; now += 100) bench.at(now);
      bench.tell({ kind: 'writable', writable: true });
      expect(bench.at(7000)).to.deep.equal([say({ kind: 'heartbeat' })]);
    });
  });

  it('are kept alive by heartbeats in silence', () => {
    const bench = new ReplicaBench().attached();
    expect(bench.replica.nextDeadline()).to.equal(100);
    expect(bench.at(100)).to.deep.equal([say(progress(1, 1))]);
    expect(bench.at(150)).to.deep.equal([]);
    expect(bench.at(200)).to.deep.equal([say({ kind: 'heartbeat' })]);
    bench.tell({ kind: 'client-link-writable', client: k, writable: false });
    expect(bench.at(300)).to.deep.equal([]);
  });

  it('are told of new views', () => {
    const bench = new ReplicaBench().attached();
    const view = viewOf(2, [a1]);
    expect(bench.tell({ kind: 'view', view, role: 'member' })).to.deep.equal([say({ kind: 'view', view })]);
  });

  it('are held while the group takes nothing', () => {
    const bench = new ReplicaBench();
    expect(bench.tell({ kind: 'writable', writable: false })).to.deep.equal([{ kind: 'hold-clients', hold: true }]);
    expect(bench.tell({ kind: 'writable', writable: false })).to.deep.equal([]);
    expect(bench.tell({ kind: 'writable', writable: true })).to.deep.equal([{ kind: 'hold-clients', hold: false }]);
  });

  it('are not for those who are no member', () => {
    const bench = new ReplicaBench();
    bench.tell({ kind: 'view', view: viewOf(2, [b1]), role: 'learner' });
    bench.linkUp();
    expect(bench.ask(1)).to.deep.equal(refuse('not-a-member', [b1]));
  });

  it('are not for a witness', () => {
    const bench = new ReplicaBench();
    bench.tell({ kind: 'view', view: viewOf(2, [b1, a1], [a1]), role: 'member' });
    bench.linkUp();
    expect(bench.ask(1)).to.deep.equal(refuse('not-a-member', [b1]));
  });

  describe('refuse bad input, and submit nothing of it:', () => {
    it('commands before the attachment', () => {
      const bench = new ReplicaBench();
      bench.linkUp();
      expect(bench.send(1, open(1))).to.deep.equal(badInput('commands before the attachment'));
    });

    it('a second attach on one link', () => {
      const bench = new ReplicaBench().attached();
      expect(bench.ask(2)).to.deep.equal([...badInput('a second attach on one link'), submitDetach]);
    });

    const faults: [fault: string, epoch: number, steps: Parameters<typeof commands>[1][]][] = [
      ['commands of another attachment', 2, []],
      ['gap in the connection numbers', 1, [open(3)]],
      ['unknown endpoint web', 1, [open(2, 'web')]],
      ['too many connections', 1, [open(2), open(3), open(4)]],
      ['command for a connection that was never opened', 1, [reset(2)]],
      ['gap in the data', 1, [data(1, 0, 'a'), data(1, 2, 'c')]],
      ['data of no length', 1, [message(1, 0, '', 0)]],
      ['data behind the end', 1, [end(1, 0), data(1, 1, 'a')]],
      ['the end is not behind the data', 1, [data(1, 0, 'a'), end(1, 2)]],
    ];
    for (const [fault, epoch, steps] of faults) {
      it(fault, () => {
        const bench = new ReplicaBench().attached();
        expect(bench.send(epoch, ...steps)).to.deep.equal([...badInput(fault), submitDetach]);
      });
    }

    it('which is judged by what was sent before in the attachment, ordered or not', () => {
      const bench = new ReplicaBench().attached();
      bench.send(1, data(1, 0, 'abc'), open(2));
      expect(bench.send(1, data(1, 3, 'd'), reset(2), open(3), open(4))).to.have.lengthOf(1);
      expect(bench.send(1, data(1, 3, 'd'), reset(2))).to.have.lengthOf(1);
    });
  });

  it('are bounded in their number', () => {
    const bench = new ReplicaBench();
    const linkUp = (index: number) => bench.tell({ kind: 'client-link-up', client: `k${index}` as typeof k });
    for (let index = 0; index < 4096; index++) expect(linkUp(index)).to.deep.equal([]);
    expect(linkUp(4096)).to.have.nested.property('[0].messages[0].reason', 'overloaded');
  });

  it('take a new link for the end of the old one', () => {
    const bench = new ReplicaBench().attached();
    expect(bench.linkUp()).to.deep.equal([submitDetach]);
  });

  it('ignore what is still told of a link that was closed', () => {
    const bench = new ReplicaBench();
    bench.linkUp();
    bench.send(1, open(1));
    expect(bench.ask(1)).to.deep.equal([]);
    expect(bench.tell({ kind: 'client-link-writable', client: k, writable: true })).to.deep.equal([]);
  });
});
