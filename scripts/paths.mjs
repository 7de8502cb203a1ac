import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** What `npm start` runs once everything is built. */
export const demonstration = join(root, 'examples/job-queue/demo/main.mjs');

/** What `npm run simulate` runs once everything is built. */
export const simulator = join(root, 'packages/testkit/dist/simulator/cli.js');

/** What `npm run bench` runs once everything is built. */
export const benchmarks = join(root, 'packages/bench/dist/main.js');

/** The command of an installed package, for example `tool('tsc')`. */
export const tool = (name) => join(root, 'node_modules/.bin', name);
