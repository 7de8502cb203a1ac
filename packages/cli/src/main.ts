import { setFlagsFromString } from 'node:v8';
import { runCommandLine } from './command-line.js';
import { processSurroundings } from './process-surroundings.js';

// Payloads lie outside of the heap, but V8 counts them against a limit that is a multiple of the heap's size. Ours is small: at
// the multiple that V8 picks, 1.1, all of it is collected for every few megabytes that pass through, a third of the time.
setFlagsFromString('--heap-growing-percent=300');

process.exit(await runCommandLine(process.argv.slice(2), processSurroundings()));
