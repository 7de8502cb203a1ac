import { installIfStale } from './install.mjs';
import { tool } from './paths.mjs';
import { runNode } from './run-command.mjs';

// Writes what the linter and the formatter can mend by themselves.

try {
  await installIfStale();
  const lint = await runNode(tool('eslint'), ['.', '--fix']);
  const format = await runNode(tool('prettier'), ['--write', '--log-level=warn', '.']);
  process.exitCode = Math.max(lint, format);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
