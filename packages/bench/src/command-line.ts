import { parseArgs } from 'node:util';
import type { Benchmark, Scale } from './benchmark.js';

/** What the command line asks for. */
export interface Request {
  readonly benchmarks: readonly Benchmark[];
  readonly scale: Scale;
  /** How many kills of each kind; undefined leaves it to the benchmark. */
  readonly times: number | undefined;
  /** Where to write the tables as JSON as well. */
  readonly jsonPath: string | undefined;
}

/** What is printed for `--help`, and beside an error of the command line. */
export function usage(known: readonly Benchmark[]): string {
  const nameWidth = Math.max(...known.map(({ name }) => name.length));
  const lines = known.map(({ name, description }) => `  ${name.padEnd(nameWidth)}  ${description}`);
  return `npm run bench [-- name… [--short] [--times <n>] [--json <file>]]

Without names, all of these run:
${lines.join('\n')}

  --short        seconds instead of minutes: shows that they work, not what they measure
  --times <n>    how many kills of each kind failover counts, instead of 200
  --json <file>  writes the tables to a file as well
`;
}

/**
 * Reads the command line.
 *
 * @returns undefined if help is wanted
 * @throws Error that says what is wrong
 */
export function readRequest(args: readonly string[], known: readonly Benchmark[]): Request | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      short: { type: 'boolean' },
      times: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const unknown = positionals.filter((name) => known.every((benchmark) => benchmark.name !== name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}.`);
  return {
    benchmarks: known.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    scale: values.short === true ? 'short' : 'full',
    times: values.times === undefined ? undefined : readTimes(values.times),
    jsonPath: values.json,
  };
}

function readTimes(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`--times ${text}: write a whole number from 1, for example 50.`);
  return Number(text);
}
