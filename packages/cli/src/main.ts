import { runCommandLine } from './command-line.js';
import { processSurroundings } from './process-surroundings.js';

process.exit(await runCommandLine(process.argv.slice(2), processSurroundings()));
