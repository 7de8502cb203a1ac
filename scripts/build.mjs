import { isBuilt, markBuilt, markStale } from './build-fingerprint.mjs';
import { generateWire } from './generate-wire.mjs';
import { installIfStale } from './install.mjs';
import { tool } from './paths.mjs';
import { runNode } from './run-command.mjs';

/** Installs and builds whatever is not up to date, and says in an error what failed. */
export async function build() {
  await installIfStale();
  if (isBuilt()) return;
  markStale();
  await generateWire();
  const code = await runNode(tool('tsc'), ['--build']);
  if (code !== 0) throw new Error('The build failed; the messages of the compiler are above.');
  markBuilt();
}

if (process.argv[1] === import.meta.filename) {
  try {
    await build();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
