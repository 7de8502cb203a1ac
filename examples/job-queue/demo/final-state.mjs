import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** How long the slowest replica may still be executing what the others have executed. */
const AGREEMENT_MS = 10_000;
const RETRY_MS = 200;

/** How long a service may take to answer. */
const ANSWER_MS = 10_000;

/**
 * @typedef {object} FinalState of one replica's service
 * @property {string} name
 * @property {string} digest    over every state change, in order
 * @property {number} changes   how many there were
 * @property {{ id: number, name: string }[]} jobs
 */

/**
 * Reads every replica's service at its own port, past all interceptors, once they agree or have had time enough to.
 *
 * @param {{ name: string, servicePort: number }[]} replicas
 * @returns {Promise<{ states: FinalState[], silent: string[] }>} `silent` says of each replica without a state why
 * @throws {Error} when no replica has one
 */
export async function readFinalStates(replicas) {
  const deadlineMs = performance.now() + AGREEMENT_MS;
  for (;;) {
    const answers = await Promise.allSettled(replicas.map(readState));
    const states = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const silent = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.message] : []));
    const agree = silent.length === 0 && states.every((state) => state.digest === states[0].digest);
    if (agree || performance.now() > deadlineMs) {
      if (states.length === 0) throw new Error(`there is nothing to judge by: ${silent.join('; ')}`);
      return { states, silent };
    }
    await pause(RETRY_MS);
  }
}

/** @returns {Promise<FinalState>} */
async function readState({ name, servicePort }) {
  const lines = await ask(name, servicePort, ['LIST', 'DIGEST']);
  const end = lines.indexOf('END');
  const [, digest, changes] = lines[end + 1].split(' ');
  const jobs = lines.slice(0, end).map((line) => {
    const [id, , , job] = line.split(' ');
    return { id: Number(id), name: job };
  });
  return { name, digest, changes: Number(changes), jobs };
}

/** @returns {Promise<string[]>} the lines of all replies, without that of the QUIT that ends them */
function ask(name, port, requests) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    socket.setEncoding('latin1');
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`silent for ${ANSWER_MS} ms`)));
    socket.on('data', (more) => (text += more));
    socket.on('error', (cause) => {
      reject(new Error(`the service of replica ${name} does not answer on port ${port}: ${cause.message}`));
    });
    socket.on('end', () => resolve(text.split('\n').slice(0, -2)));
    socket.write(`${[...requests, 'QUIT'].join('\n')}\n`);
  });
}
