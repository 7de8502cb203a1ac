import { expect } from 'chai';
import type { ConnectionNumber } from '@lockstep/contracts';
import {
  acknowledge,
  acknowledgement,
  attached,
  bytes,
  data,
  end,
  finish,
  message,
  open,
  output,
  piece,
  progress,
  reset,
} from '../connections/replica-bench.fixture.js';
import { a, b, batch, ClientBench } from './client-bench.fixture.js';
import type { ClientEffect } from './client-io.js';
import { clientLimits } from './limits.js';

function deliver(text: string): ClientEffect {
  const payload = bytes(text);
  return { kind: 'deliver', connection: 1 as ConnectionNumber, segment: { length: payload.byteLength, payload } };
}

function about(kind: 'deliver-end' | 'deliver-reset' | 'pause' | 'resume', connection = 1): ClientEffect {
  return { kind, connection: connection as ConnectionNumber };
}

describe('a client engine', () => {
  describe('sends', () => {
    it('what one turn brought, in one batch', () => {
      const bench = new ClientBench().attached();
      expect(bench.accept()).to.deep.equal([{ kind: 'accepted', token: 1, connection: 1 }]);
      bench.accept();
      bench.send(2, 'ab');
      bench.send(1, 'x');
      bench.send(2, 'cd');
      bench.happens('end', 2);
      expect(bench.flush()).to.deep.equal([
        batch(a, 1, open(1), data(1, 0, 'x'), open(2), data(2, 0, 'ab'), data(2, 2, 'cd'), end(2, 4)),
      ]);
      expect(bench.flush()).to.deep.equal([]);
    });

    it('nothing before it is attached', () => {
      const bench = new ClientBench();
      bench.accept();
      bench.tell({ kind: 'start' });
      bench.linkUp(a);
      expect(bench.flush()).to.deep.equal([]);
      bench.receive(a, attached(1, 1, 1));
      expect(bench.flush()).to.deep.equal([batch(a, 1, open(1))]);
    });

    it('nothing while the link is not writable', () => {
      const bench = new ClientBench().opened();
      bench.tell({ kind: 'link-writable', member: a, writable: false });
      bench.send(1, 'x');
      expect(bench.flush()).to.deep.equal([]);
      bench.tell({ kind: 'link-writable', member: a, writable: true });
      expect(bench.flush()).to.deep.equal([batch(a, 1, data(1, 0, 'x'))]);
    });

    describe('nothing while a batch is under way and nothing has come back,', () => {
      /** Requests of connections 1 and 2 are under way, and another one of connection 1 waits. */
      function underWay(): ClientBench {
        const bench = new ClientBench({ connectionWindowBytes: 1e6, maxConnections: 4 }).opened();
        bench.accept();
        bench.flush();
        bench.receive(a, progress(1, 2));
        bench.send(1, 'x');
        bench.send(2, 'x');
        expect(bench.flush()).to.deep.equal([batch(a, 1, data(1, 0, 'x'), data(2, 0, 'x'))]);
        bench.send(1, 'y');
        expect(bench.flush()).to.deep.equal([]);
        return bench;
      }

      it('until something does', () => {
        const bench = underWay();
        bench.receive(a, progress(1, 3));
        expect(bench.flush()).to.deep.equal([batch(a, 1, data(1, 1, 'y'))]);
      });

      it('but not for long', () => {
        const bench = underWay();
        expect(bench.engine.nextDeadline()).to.equal(clientLimits.gatherMs);
        bench.at(clientLimits.gatherMs);
        expect(bench.flush()).to.deep.equal([batch(a, 1, data(1, 1, 'y'))]);
      });

      it('unless there is enough for a batch', () => {
        const bench = underWay();
        bench.send(1, 'z'.repeat(clientLimits.batchBytesMax));
        expect(bench.flush()).not.to.deep.equal([]);
      });

      it('unless as many wait as are under way', () => {
        const bench = underWay();
        bench.send(2, 'y');
        expect(bench.flush()).to.deep.equal([batch(a, 1, data(1, 1, 'y'), data(2, 1, 'y'))]);
      });

      it('counting what is under way over all batches', () => {
        const bench = underWay();
        bench.send(2, 'y');
        bench.flush();
        bench.receive(a, progress(1, 3));
        bench.send(1, 'z');
        bench.flush();
        bench.send(2, 'z');
        expect(bench.flush()).to.deep.equal([]);
        bench.accept();
        bench.accept();
        expect(bench.flush()).to.deep.equal([batch(a, 1, data(2, 2, 'z'), open(3), open(4))]);
      });
    });

    it('much in several batches, cutting bytes, but never a message', () => {
      const bench = new ClientBench({ connectionWindowBytes: 1e6 }).opened();
      bench.send(1, 'x'.repeat(20_000));
      bench.message(1, new Uint8Array(30_000));
      bench.send(1, 'y');
      const sizes = bench.flush().map((effect) => {
        const steps = effect.kind === 'send-commands' ? effect.entry.commands : [];
        return steps.map((step) =>
          step.kind === 'data' ? [step.position, step.length, step.payload.byteLength] : step,
        );
      });
      expect(sizes).to.deep.equal([
        [[0, 16_320, 16_320]],
        [[16_320, 3680, 3680]],
        [[20_000, 1, 30_000]],
        [[20_001, 1, 1]],
      ]);
    });
  });

  describe('keeps what it sent until it is stable', () => {
    it('and then forgets it', () => {
      const bench = new ClientBench().opened();
      bench.send(1, 'abc');
      bench.flush();
      expect(bench.engine.connections()[0]).to.include({ stable: 0, produced: 3 });
      bench.receive(a, progress(1, 2, [1, 3]));
      expect(bench.engine.connections()[0]).to.include({ stable: 3 });
      expect(bench.engine.snapshot().waitingBytes).to.equal(0);
    });

    it('and sends again what is not in, in the order of the connections', () => {
      const bench = new ClientBench().opened();
      bench.send(1, 'abc');
      bench.accept();
      bench.flush();
      bench.accept();
      bench.send(3, 'x');
      bench.send(2, 'y');
      bench.send(1, 'd');
      bench.flush();
      bench.happens('end', 1);
      bench.linkDown(a);
      bench.linkUp(b);
      bench.receive(b, attached(2, 9, 3, [1, 1, 0], [2, 0, 0]));
      expect(bench.flush()).to.deep.equal([
        batch(b, 2, data(1, 1, 'bc'), data(1, 3, 'd'), end(1, 4), data(2, 0, 'y'), open(3), data(3, 0, 'x')),
      ]);
    });

    it('also a reset', () => {
      const bench = new ClientBench().opened();
      bench.send(1, 'abc');
      bench.happens('reset', 1);
      expect(bench.flush()).to.deep.equal([batch(a, 1, reset(1))]);
      bench.linkDown(a);
      bench.linkUp(b);
      bench.receive(b, attached(2, 9, 2, [1, 0, 0]));
      expect(bench.flush()).to.deep.equal([batch(b, 2, reset(1))]);
      bench.receive(b, progress(2, 1));
      expect(bench.engine.snapshot().connections).to.equal(0);
    });
  });

  it('opens a connection that was broken before it was sent, because the group counts them', () => {
    const bench = new ClientBench().attached();
    bench.accept();
    bench.send(1, 'abc');
    bench.happens('reset', 1);
    bench.happens('closed', 1);
    bench.accept();
    expect(bench.flush()).to.deep.equal([batch(a, 1, open(1), reset(1), open(2))]);
  });

  it('forgets, when it attaches again, connections that the group is done with', () => {
    const bench = new ClientBench().opened();
    bench.accept();
    bench.flush();
    bench.happens('reset', 1);
    bench.happens('end', 2);
    bench.receive(a, output(1, finish('end', 2, 0)));
    bench.flush();
    bench.linkDown(a);
    expect(bench.linkUp(b)[0]).to.have.deep.nested.property('message.received', [acknowledgement(2, 1, true)]);
    bench.receive(b, attached(2, 9, 3));
    expect(bench.engine.snapshot().connections).to.equal(0);
  });

  describe('delivers', () => {
    it('each position once', () => {
      const bench = new ClientBench().opened();
      expect(bench.receive(a, output(1, piece(1, 0, 'abc'), piece(1, 0, 'ab')))).to.deep.equal([deliver('abc')]);
      expect(bench.receive(a, output(1, piece(1, 1, 'bcde'), finish('end', 1, 5)))).to.deep.equal([
        deliver('de'),
        about('deliver-end'),
      ]);
      expect(bench.receive(a, output(1, piece(1, 4, 'e'), finish('end', 1, 5)))).to.deep.equal([]);
    });

    it('a reset by the service, and answers it with one', () => {
      const bench = new ClientBench().opened();
      expect(bench.receive(a, output(1, piece(1, 0, 'a'), finish('reset', 1, 1)))).to.deep.equal([
        deliver('a'),
        about('deliver-reset'),
      ]);
      expect(bench.flush()).to.deep.equal([batch(a, 1, reset(1))]);
      bench.happens('closed', 1);
      expect(bench.flush()).to.deep.equal([]);
    });

    it('nothing of a connection that was broken', () => {
      const bench = new ClientBench().opened();
      bench.happens('reset', 1);
      expect(bench.receive(a, output(1, piece(1, 0, 'abc')))).to.deep.equal([]);
      bench.flush();
      bench.receive(a, progress(1, 2));
      expect(bench.receive(a, output(1, piece(1, 3, 'def')))).to.deep.equal([]);
    });
  });

  describe('acknowledges what the client has taken', () => {
    it('after a while, however much is sent meanwhile', () => {
      const bench = new ClientBench().opened();
      bench.receive(a, output(1, piece(1, 0, 'abc')));
      bench.taken(1, 2);
      expect(bench.flush()).to.deep.equal([]);
      bench.at(99);
      bench.send(1, 'x');
      expect(bench.flush()).to.deep.equal([batch(a, 1, data(1, 0, 'x'))]);
      bench.receive(a, progress(1, 1));
      bench.taken(1, 3);
      bench.at(100);
      bench.send(1, 'y');
      expect(bench.flush()).to.deep.equal([batch(a, 1, acknowledge(1, 3), data(1, 1, 'y'))]);
    });

    it('alone, if nothing else is sent', () => {
      const bench = new ClientBench().opened();
      bench.receive(a, output(1, piece(1, 0, 'abc')));
      bench.taken(1, 3);
      expect(bench.engine.nextDeadline()).to.equal(100);
      bench.at(100);
      expect(bench.flush()).to.deep.equal([batch(a, 1, acknowledge(1, 3))]);
      expect(bench.engine.nextDeadline()).to.equal(300);
    });

    it('alone at once when it is much', () => {
      const bench = new ClientBench().opened();
      bench.receive(a, output(1, piece(1, 0, 'x'.repeat(300))));
      bench.taken(1, 300);
      expect(bench.flush()).to.deep.equal([batch(a, 1, acknowledge(1, 300))]);
    });

    it('alone at once when it is all', () => {
      const bench = new ClientBench().opened();
      bench.receive(a, output(1, piece(1, 0, 'abc'), finish('end', 1, 3)));
      bench.taken(1, 2);
      expect(bench.flush()).to.deep.equal([]);
      bench.taken(1, 3);
      expect(bench.flush()).to.deep.equal([batch(a, 1, acknowledge(1, 4, true))]);
    });

    it('when it attaches again', () => {
      const bench = new ClientBench().opened();
      bench.receive(a, output(1, piece(1, 0, 'abc')));
      bench.taken(1, 2);
      bench.linkDown(a);
      expect(bench.linkUp(b)[0]).to.have.deep.nested.property('message.received', [acknowledgement(1, 2)]);
      bench.receive(b, attached(2, 9, 2, [1, 0, 0]));
      expect(bench.receive(b, output(2, piece(1, 2, 'cd')))).to.deep.equal([deliver('d')]);
    });
  });

  describe('forgets a connection', () => {
    it('when both ends are stable', () => {
      const bench = new ClientBench().opened();
      bench.happens('end', 1);
      bench.flush();
      bench.receive(a, progress(1, 2), output(1, finish('end', 1, 0)));
      bench.flush();
      expect(bench.engine.snapshot().connections).to.equal(1);
      bench.receive(a, progress(1, 3));
      expect(bench.engine.snapshot().connections).to.equal(0);
      expect(bench.happens('closed', 1)).to.deep.equal([]);
    });

    it('that closed in good order before it said what was taken at last', () => {
      const bench = new ClientBench().opened();
      bench.happens('end', 1);
      bench.flush();
      bench.receive(a, output(1, piece(1, 0, 'abc'), finish('end', 1, 3)));
      bench.happens('closed', 1);
      expect(bench.flush()).to.deep.equal([batch(a, 1, acknowledge(1, 4, true))]);
    });
  });

  it('takes a connection that closes before its ends for a broken one', () => {
    const bench = new ClientBench().opened();
    bench.happens('closed', 1);
    expect(bench.flush()).to.deep.equal([batch(a, 1, reset(1))]);
  });

  describe('lets a client wait', () => {
    it('whose requests the service does not take, and goes on at half of it', () => {
      const bench = new ClientBench().opened();
      expect(bench.send(1, 'x'.repeat(800))).to.deep.equal([]);
      expect(bench.send(1, 'x'.repeat(200))).to.deep.equal([about('pause')]);
      bench.flush();
      expect(bench.receive(a, progress(1, 2))).to.deep.equal([]);
      expect(bench.receive(a, progress(1, 2, [1, 800]))).to.deep.equal([about('resume')]);
    });

    it('whose requests are not stable', () => {
      const bench = new ClientBench().opened();
      expect(bench.send(1, 'x'.repeat(1000))).to.deep.equal([about('pause')]);
      bench.flush();
      expect(bench.receive(a, progress(1, 1, [1, 1000]))).to.deep.equal([]);
      expect(bench.receive(a, progress(1, 2))).to.deep.equal([about('resume')]);
    });

    it('when all of them together send too much, the one that sends the most', () => {
      const bench = new ClientBench({ connectionWindowBytes: 100_000, processCacheBytes: 60_000 }).opened();
      bench.accept();
      expect(bench.send(2, 'x'.repeat(10_000))).to.deep.equal([]);
      expect(bench.send(1, 'x'.repeat(50_000))).to.deep.equal([about('pause')]);
      expect(bench.send(2, 'x'.repeat(10_000))).to.deep.equal([]);
    });
  });

  it('rejects connections beyond the bound', () => {
    const bench = new ClientBench().attached();
    for (let count = 0; count < 3; count++) bench.accept();
    expect(bench.accept()).to.deep.equal([{ kind: 'reject', token: 4 }]);
  });

  it('breaks a connection whose client sends a message that fits into no entry', () => {
    const bench = new ClientBench({ connectionWindowBytes: 1e6 }).opened();
    const code = 'ERR_LOCKSTEP_INPUT_REFUSED';
    expect(bench.message(1, new Uint8Array(300_000))).to.deep.equal([
      { kind: 'report', level: 'warn', event: 'message-too-large', fields: { code, connection: 1, bytes: 300_000 } },
      about('deliver-reset'),
    ]);
    expect(bench.flush()).to.deep.equal([batch(a, 1, reset(1))]);
  });

  it('ignores what comes behind the end of a client', () => {
    const bench = new ClientBench().opened();
    bench.happens('end', 1);
    bench.happens('end', 1);
    expect(bench.send(1, 'abc')).to.deep.equal([
      { kind: 'report', level: 'warn', event: 'input-behind-end', fields: { connection: 1 } },
    ]);
    expect(bench.flush()).to.deep.equal([batch(a, 1, end(1, 0))]);
  });

  it('sends messages as units of their own', () => {
    const bench = new ClientBench().opened();
    bench.message(1, bytes('abc'));
    bench.message(1, bytes('de'));
    expect(bench.flush()).to.deep.equal([batch(a, 1, message(1, 0, 'abc'), message(1, 1, 'de'))]);
  });
});
