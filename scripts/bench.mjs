import { build } from './build.mjs';
import { benchmarks } from './paths.mjs';
import { runNode } from './run-command.mjs';

try {
  await build();
  process.exitCode = await runNode(benchmarks, process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
