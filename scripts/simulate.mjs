import { build } from './build.mjs';
import { simulator } from './paths.mjs';
import { runNode } from './run-command.mjs';

try {
  await build();
  process.exitCode = await runNode(simulator, process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
