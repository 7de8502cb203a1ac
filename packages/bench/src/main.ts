import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from './benchmark.js';
import { readRequest, type Request, usage } from './command-line.js';
import { failover } from './failover/failover.js';
import { ordering } from './ordering/ordering.js';
import { pingpong } from './pingpong/pingpong.js';
import { redis } from './redis/redis.js';
import { scale } from './scale/scale.js';
import { soak } from './soak/soak.js';
import { describeMachine, renderMachine } from './report/machine.js';
import { renderTable, type Table } from './report/table.js';

const benchmarks: readonly Benchmark[] = [ordering, pingpong, redis, failover, scale, soak];

// A signal ends what was started too: the programs are killed when this process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const request = readRequestOrExit();
if (request === undefined) console.log(usage(benchmarks));
else await run(request);

function readRequestOrExit(): Request | undefined {
  try {
    return readRequest(process.argv.slice(2), benchmarks);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage(benchmarks)}`);
    return process.exit(2);
  }
}

async function run({ benchmarks: wanted, scale, times, jsonPath }: Request): Promise<void> {
  const machine = describeMachine();
  console.log(`${renderMachine(machine)}\n`);
  const tables: Table[] = [];
  for (const benchmark of wanted) {
    const folder = mkdtempSync(join(tmpdir(), `lockstep-bench-${benchmark.name}-`));
    const progress = (sentence: string): void => console.error(`${benchmark.name}: ${sentence}`);
    const brought = await benchmark.run({ scale, times, folder, progress });
    rmSync(folder, { recursive: true });
    for (const table of brought) console.log(renderTable(table));
    tables.push(...brought);
  }
  if (jsonPath !== undefined) writeFileSync(jsonPath, `${JSON.stringify({ machine, scale, tables }, undefined, 2)}\n`);
}
