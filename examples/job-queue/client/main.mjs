/**
 * A client of the job queue that knows TCP and the queue's requests, and nothing else.
 *
 * It writes JSON lines to its standard output: `{"event":"progress", …}` a few times a second, and at its end, which
 * SIGTERM or SIGINT brings about, `{"event":"connection","history":…}` for each connection with all that it saw.
 */
import { parseArgs } from 'node:util';
import { Submitter } from './submitter.mjs';

const USAGE = 'usage: node client/main.mjs --port N [--rate PER_SECOND] [--connections N] [--requests N]';
const PROGRESS_MS = 250;

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      rate: { type: 'string', default: '600' },
      connections: { type: 'string', default: '4' },
      // Every request is remembered, so there must be an end to them.
      requests: { type: 'string', default: '1000000' },
    },
  });
  for (const name of ['port', 'rate', 'connections', 'requests']) {
    if (!/^[1-9]\d*$/.test(values[name] ?? '')) throw new Error(`--${name} is a whole number from 1`);
  }
  return {
    port: Number(values.port),
    rate: Number(values.rate),
    connections: Number(values.connections),
    requestsMax: Number(values.requests),
    prefix: `job-${process.pid}`,
  };
}

function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

let options;
try {
  options = readOptions();
} catch (cause) {
  console.error(`${cause.message}\n${USAGE}`);
  process.exit(2);
}

// Whoever started this client has gone, and nobody is left who wants to know.
process.stdout.on('error', () => process.exit(1));

const submitter = new Submitter(options);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => submitter.stop());

const ticker = setInterval(() => tell({ event: 'progress', ...submitter.progress }), PROGRESS_MS);
const histories = await submitter.run();
clearInterval(ticker);
tell({ event: 'progress', ...submitter.progress });
for (const history of histories) tell({ event: 'connection', history });
