import { JOB_STATES, PRIORITY_DEFAULT, PRIORITY_MAX } from './queue.mjs';

/**
 * The requests, one line each. Every line has exactly one reply, of one line, save LIST:
 *
 *   SUBMIT name [priority]   OK id                              priority 0 to 9, 9 runs first; 5 if left out
 *   STATUS id                OK id state priority name          state is queued, done or cancelled
 *   CANCEL id                OK id                              only a queued job can be cancelled
 *   RUN                      OK id name, or EMPTY               runs the next job: highest priority, then lowest id
 *   COUNT                    OK queued done cancelled
 *   LIST [state]             id state priority name, for each job by id, then END
 *   DIGEST                   OK sha256 changes                  over every state change there ever was, in order
 *   QUIT                     OK bye                             and the connection is closed
 *
 * What is wrong is answered with one line, ERR and the reason, and changes nothing.
 * Words are parted by one space; commands are upper case.
 */

export const QUIT = 'QUIT';

/** Printable ASCII without spaces: what stands in a reply as one word, whoever reads it. */
const NAME = /^[\x21-\x7e]{1,64}$/;
const ID = /^[1-9][0-9]{0,8}$/;
const PRIORITY = new RegExp(`^[0-${PRIORITY_MAX}]$`);

/** @type {Record<string, { words: [number, number], usage: string, answer: (queue, ...words: string[]) => string }>} */
const COMMANDS = {
  SUBMIT: { words: [1, 2], usage: 'SUBMIT name [priority]', answer: submit },
  STATUS: { words: [1, 1], usage: 'STATUS id', answer: (queue, id) => withJob(queue, id, status) },
  CANCEL: { words: [1, 1], usage: 'CANCEL id', answer: (queue, id) => withJob(queue, id, cancel) },
  RUN: { words: [0, 0], usage: 'RUN', answer: run },
  COUNT: { words: [0, 0], usage: 'COUNT', answer: count },
  LIST: { words: [0, 1], usage: 'LIST [state]', answer: list },
  DIGEST: { words: [0, 0], usage: 'DIGEST', answer: (queue) => `OK ${queue.digest()} ${queue.changes}\n` },
  [QUIT]: { words: [0, 0], usage: QUIT, answer: () => 'OK bye\n' },
};

const NAMES = Object.keys(COMMANDS).join(', ');

/**
 * Carries out one request.
 *
 * @param {import('./queue.mjs').JobQueue} queue
 * @param {string} line one request, without its terminator, as latin1
 * @returns {string} the reply, each of its lines ended by \n
 */
export function answer(queue, line) {
  const [name, ...words] = line.split(' ');
  if (!Object.hasOwn(COMMANDS, name)) return error(`unknown command; known are ${NAMES}`);
  const command = COMMANDS[name];
  const [wordsMin, wordsMax] = command.words;
  if (words.length < wordsMin || words.length > wordsMax) return error(`usage: ${command.usage}`);
  return command.answer(queue, ...words);
}

/** @param {string} reason */
export function error(reason) {
  return `ERR ${reason}\n`;
}

function submit(queue, name, priority = String(PRIORITY_DEFAULT)) {
  if (!NAME.test(name)) return error('a name is 1 to 64 printable ASCII characters');
  if (!PRIORITY.test(priority)) return error(`a priority is a digit from 0 to ${PRIORITY_MAX}`);
  const job = queue.submit(name, Number(priority));
  return job ? `OK ${job.id}\n` : error('the queue has taken all the jobs it can');
}

function withJob(queue, word, reply) {
  if (!ID.test(word)) return error('an id is a whole number from 1');
  const job = queue.find(Number(word));
  return job ? reply(queue, job) : error(`no job ${word}`);
}

function status(_queue, job) {
  return `OK ${describe(job)}\n`;
}

function cancel(queue, job) {
  return queue.cancel(job.id) ? `OK ${job.id}\n` : error(`job ${job.id} is ${job.state}`);
}

function run(queue) {
  const job = queue.runNext();
  return job ? `OK ${job.id} ${job.name}\n` : 'EMPTY\n';
}

function count(queue) {
  return `OK ${JOB_STATES.map((state) => queue.counts[state]).join(' ')}\n`;
}

function list(queue, state) {
  if (state !== undefined && !JOB_STATES.includes(state)) return error(`a state is one of ${JOB_STATES.join(', ')}`);
  let reply = '';
  for (const job of queue.jobs) {
    if (state === undefined || job.state === state) reply += `${describe(job)}\n`;
  }
  return `${reply}END\n`;
}

function describe(job) {
  return `${job.id} ${job.state} ${job.priority} ${job.name}`;
}
