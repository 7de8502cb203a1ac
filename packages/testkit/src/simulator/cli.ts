import { parseArgs } from 'node:util';
import { describeBatch, describeFailedSeed } from './batch/describe-batch.js';
import { runBatch } from './batch/run-batch.js';
import { seedResultOf } from './batch/seed-result.js';
import { runWorld } from './worlds/run-world.js';
import { drawPlan } from './worlds/world-plan.js';

const usage = `npm run simulate -- --seeds 1000 [--from 1]       runs a range of seeds on all processors
npm run simulate -- --seed 7 [--trace steps]      runs one seed; --trace facts|steps shows what happens`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}

/** @returns the exit code: 0 if everything held, 1 if something was violated */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      trace: { type: 'string' },
    },
  });
  if (values.seed !== undefined) return runSeed(integer('--seed', values.seed), values.trace);
  const count = integer('--seeds', values.seeds);
  const result = await runBatch({ from: integer('--from', values.from), count, stopAtFailure: false });
  for (const failure of result.failures) console.log(describeFailedSeed(failure));
  console.log(describeBatch(result));
  return result.failures.length === 0 ? 0 : 1;
}

function runSeed(seed: number, trace: string | undefined): number {
  if (trace !== undefined && trace !== 'facts' && trace !== 'steps') throw new Error('--trace is facts or steps');
  const result = runWorld(drawPlan(seed), (line, level) => {
    if (trace === 'steps' || trace === level) console.log(line);
  });
  if (result.failure !== undefined) console.log(describeFailedSeed(seedResultOf(result)));
  console.log(`Seed ${seed}: ${result.counts.lines} events, hash ${result.hash}.`);
  return result.failure === undefined ? 0 : 1;
}

function integer(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${option} takes a number, not "${text}"`);
  return value;
}
