import { expect } from 'chai';
import { JobQueue } from '../service/queue.mjs';

describe('JobQueue', () => {
  it('gives ids from 1, in the order of submission', () => {
    const queue = new JobQueue();
    expect([queue.submit('first').id, queue.submit('second', 9).id, queue.submit('third').id]).to.deep.equal([1, 2, 3]);
  });

  it('runs by priority, and among equals by id', () => {
    const queue = new JobQueue();
    for (const [name, priority] of [
      ['e', 0],
      ['a', 9],
      ['c', 5],
      ['b', 9],
      ['d', 5],
    ])
      queue.submit(name, priority);
    const order = [];
    for (let job = queue.runNext(); job; job = queue.runNext()) order.push(job.name);
    expect(order).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
  });

  it('runs as a naive queue would, whatever is asked of it', () => {
    const queue = new JobQueue();
    const naive = [];
    // Not random, but as good as: the low bits of a linear congruential sequence decide what comes next.
    let seed = 1;
    const choose = (count) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor(seed / 65536) % count;
    };
    for (let step = 0; step < 5_000; step += 1) {
      const action = choose(4);
      if (action < 2) {
        const priority = choose(10);
        naive.push({ id: queue.submit(`job-${step}`, priority).id, priority, state: 'queued' });
      } else if (action === 2) {
        const job = naive[choose(naive.length + 1)];
        expect(queue.cancel(job?.id ?? naive.length + 1)).to.equal(job?.state === 'queued');
        if (job?.state === 'queued') job.state = 'cancelled';
      } else {
        const next = naive
          .filter((job) => job.state === 'queued')
          .sort((a, b) => b.priority - a.priority || a.id - b.id)[0];
        if (next) next.state = 'done';
        expect(queue.runNext()?.id).to.equal(next?.id);
      }
    }
    expect(queue.jobs.map((job) => job.state)).to.deep.equal(naive.map((job) => job.state));
    for (const state of ['queued', 'done', 'cancelled']) {
      expect(queue.counts[state])
        .to.equal(naive.filter((job) => job.state === state).length)
        .and.above(0);
    }
  });

  it('passes over cancelled jobs', () => {
    const queue = new JobQueue();
    queue.submit('a');
    queue.submit('b');
    expect(queue.cancel(1)).to.equal(true);
    expect(queue.runNext().name).to.equal('b');
    expect(queue.runNext()).to.equal(undefined);
  });

  it('cancels a job only while it is queued', () => {
    const queue = new JobQueue();
    queue.submit('a');
    queue.submit('b');
    queue.runNext();
    expect([queue.cancel(1), queue.cancel(2), queue.cancel(2), queue.cancel(3)]).to.deep.equal([
      false,
      true,
      false,
      false,
    ]);
  });

  it('takes no more jobs than it may, and changes nothing then', () => {
    const queue = new JobQueue(2);
    queue.submit('a');
    queue.submit('b');
    const before = queue.digest();
    expect(queue.submit('c')).to.equal(undefined);
    expect(queue.digest()).to.equal(before);
  });

  describe('its digest', () => {
    const digestOf = (...calls) => {
      const queue = new JobQueue();
      for (const [method, ...words] of calls) queue[method](...words);
      return queue.digest();
    };

    it('is the same for the same history', () => {
      const calls = [['submit', 'a', 3], ['submit', 'b', 4], ['runNext'], ['cancel', 1]];
      expect(digestOf(...calls))
        .to.equal(digestOf(...calls))
        .and.match(/^[0-9a-f]{64}$/);
    });

    it('differs when the history does, even where the state is the same', () => {
      const digests = [
        digestOf(),
        digestOf(['submit', 'a']),
        digestOf(['submit', 'b']),
        digestOf(['submit', 'a', 1]),
        digestOf(['submit', 'a'], ['submit', 'b']),
        digestOf(['submit', 'a'], ['submit', 'b'], ['cancel', 1], ['cancel', 2]),
        digestOf(['submit', 'a'], ['submit', 'b'], ['cancel', 2], ['cancel', 1]),
      ];
      expect(new Set(digests).size).to.equal(digests.length);
    });

    it('is not changed by asking for it, nor by what changes nothing', () => {
      const queue = new JobQueue();
      queue.submit('a');
      const before = queue.digest();
      queue.cancel(7);
      queue.find(1);
      expect(queue.digest()).to.equal(before);
      expect(queue.changes).to.equal(1);
    });
  });
});
