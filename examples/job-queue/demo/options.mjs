import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const USAGE = `usage: node demo/main.mjs [options]

Brings up three replicas of the job queue, submits jobs through Lockstep, kills the replicas in turn, and judges.

  --kills N         how many replicas to kill, one after the other (6)
  --rate N          requests per second (600)
  --connections N   connections of the client (4)
  --base-port N     take ports N to N+23 instead of those in lockstep.yaml
  --lockstep FILE   the lockstep command to run (the one of this checkout)
  --help            this text`;

const DEFAULT_COMMAND = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

/**
 * @param {string[]} words the command line, without the program
 * @returns {{ help: boolean, kills: number, rate: number, connections: number, basePort: number | null,
 *   lockstep: string }}
 * @throws {Error} with a message for whoever typed it
 */
export function readOptions(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      kills: { type: 'string', default: '6' },
      rate: { type: 'string', default: '600' },
      connections: { type: 'string', default: '4' },
      'base-port': { type: 'string' },
      lockstep: { type: 'string', default: DEFAULT_COMMAND },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    help: values.help,
    kills: wholeNumber('--kills', values.kills, 0, 1_000),
    rate: wholeNumber('--rate', values.rate, 1, 100_000),
    connections: wholeNumber('--connections', values.connections, 1, 1_000),
    basePort: values['base-port'] === undefined ? null : wholeNumber('--base-port', values['base-port'], 1, 65_500),
    lockstep: values.lockstep,
  };
}

function wholeNumber(name, text, min, max) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new Error(`${name} is a number from ${min} to ${max}`);
  return value;
}
