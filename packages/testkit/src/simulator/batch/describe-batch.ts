import { markNames } from '../worlds/marks.js';
import type { BatchResult } from './run-batch.js';
import type { SeedResult } from './seed-result.js';

/** One line: how many seeds, what happened in them, which marks were hit how often, and what failed. */
export function describeBatch({ seeds, counts, marks, failures }: BatchResult): string {
  const { lines, views, incarnations, requests } = counts;
  const numbers = [
    ...[`${number(seeds)} seeds`, `${number(lines)} events`, `${number(views)} views`],
    ...[`${number(incarnations)} incarnations`, `${number(requests)} requests answered`],
  ];
  const hits = markNames.map((name) => `${name} ${marks.get(name) ?? 0}`);
  const verdict = failures.length === 0 ? 'all hold' : `FAILED: ${failures.map(({ seed }) => seed).join(' ')}`;
  return `${numbers.join(', ')}: ${verdict}. Marks: ${hits.join(', ')}.`;
}

/** A failed seed: the invariant, the time, the last events, and how to see it again. */
export function describeFailedSeed({ seed, failure }: SeedResult): string {
  const { atMs, message, lastLines } = failure!;
  return [
    `Seed ${seed} fails at ${atMs.toFixed(3)} ms: ${message}`,
    ...lastLines.map((line) => `    ${line}`),
    `To see it again: npm run simulate -- --seed ${seed} --trace steps`,
  ].join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
