import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { answer } from '../service/protocol.mjs';
import { JobQueue } from '../service/queue.mjs';

/** Holds a whole conversation against what it should be. Lines that start with > are requests. */
function converse(transcript, queue = new JobQueue()) {
  const lines = transcript
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const real = lines
    .filter((line) => line.startsWith('> '))
    .map((line) => `${line}\n${answer(queue, line.slice(2))}`)
    .join('');
  expect(real).to.equal(`${lines.join('\n')}\n`);
}

describe('the protocol', () => {
  it('answers every request', () => {
    converse(`
      > COUNT
      OK 0 0 0
      > RUN
      EMPTY
      > LIST
      END
      > SUBMIT render
      OK 1
      > SUBMIT backup 0
      OK 2
      > SUBMIT deploy 9
      OK 3
      > RUN
      OK 3 deploy
      > CANCEL 2
      OK 2
      > STATUS 1
      OK 1 queued 5 render
      > STATUS 2
      OK 2 cancelled 0 backup
      > STATUS 3
      OK 3 done 9 deploy
      > LIST
      1 queued 5 render
      2 cancelled 0 backup
      3 done 9 deploy
      END
      > LIST done
      3 done 9 deploy
      END
      > COUNT
      OK 1 1 1
      > DIGEST
      OK 771faeec67cd5abd702ee514c839f424c354b03f328d59d97a72f1de06e9c895 5
      > QUIT
      OK bye
    `);
  });

  it('says what is wrong, and changes nothing', () => {
    const queue = new JobQueue();
    answer(queue, 'SUBMIT render');
    answer(queue, 'RUN');
    const before = queue.digest();
    converse(
      `
      > submit render
      ERR unknown command; known are SUBMIT, STATUS, CANCEL, RUN, COUNT, LIST, DIGEST, QUIT
      > constructor
      ERR unknown command; known are SUBMIT, STATUS, CANCEL, RUN, COUNT, LIST, DIGEST, QUIT
      > SUBMIT
      ERR usage: SUBMIT name [priority]
      > SUBMIT render 5 now
      ERR usage: SUBMIT name [priority]
      > SUBMIT  5
      ERR a name is 1 to 64 printable ASCII characters
      > SUBMIT ${'x'.repeat(65)}
      ERR a name is 1 to 64 printable ASCII characters
      > SUBMIT caf\xe9
      ERR a name is 1 to 64 printable ASCII characters
      > SUBMIT render 10
      ERR a priority is a digit from 0 to 9
      > SUBMIT render -1
      ERR a priority is a digit from 0 to 9
      > STATUS 0
      ERR an id is a whole number from 1
      > STATUS 1e3
      ERR an id is a whole number from 1
      > STATUS 2
      ERR no job 2
      > CANCEL 1
      ERR job 1 is done
      > LIST waiting
      ERR a state is one of queued, done, cancelled
      > RUN now
      ERR usage: RUN
      > QUIT now
      ERR usage: QUIT
    `,
      queue,
    );
    expect(answer(queue, '')).to.match(/^ERR unknown command/);
    expect(answer(queue, 'RUN\0')).to.match(/^ERR unknown command/);
    expect(queue.digest()).to.equal(before);
  });

  it('refuses jobs when the queue is full', () => {
    const queue = new JobQueue(1);
    answer(queue, 'SUBMIT a');
    expect(answer(queue, 'SUBMIT b')).to.equal('ERR the queue has taken all the jobs it can\n');
  });

  it('cuts its replies as lockstep.yaml says it does', () => {
    const { endpoints } = parse(readFileSync(new URL('../lockstep.yaml', import.meta.url), 'utf8'));
    const rules = endpoints.jobs.options.replies;
    const queue = new JobQueue();
    const requests = ['SUBMIT END', 'SUBMIT ERR', 'LIST', 'LIST queued', 'LIST x', 'LISTEN', 'list', 'DIGEST', 'x'];
    for (const request of requests) {
      const lines = answer(queue, request).split('\n').slice(0, -1);
      const rule = rules.find((one) => new RegExp(one.request).test(request));
      const end = rule ? lines.findIndex((line) => new RegExp(rule.until).test(line)) : 0;
      expect(end, request).to.equal(lines.length - 1);
    }
  });
});
