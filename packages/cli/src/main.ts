import { setFlagsFromString } from 'node:v8';

// Payloads lie outside of the heap, but V8 counts them against a limit that is a multiple of the heap's size. Ours is small: at
// the multiple that V8 picks, 1.1, all of it is collected for every few megabytes that pass through, a third of the time.
setFlagsFromString('--heap-growing-percent=300');

// V8 doubles its young generation step by step, as what survives in it adds up, and takes it back now and then: after minutes of
// the same load, memory grows that nothing lives in. It takes its full size in one step instead, and is collected a
// third as often.
setFlagsFromString('--semi-space-growth-factor=16');

// What follows the death of a member runs seldom, and clients wait for it. V8 would compile it only then, and forget it when
// it was not used for a while: that took longer than all the rest.
setFlagsFromString('--no-lazy');
setFlagsFromString('--no-flush-bytecode');

// Loaded now, because the flags are for what is compiled after them.
const { runCommandLine } = await import('./command-line.js');
const { processSurroundings } = await import('./process-surroundings.js');

process.exit(await runCommandLine(process.argv.slice(2), processSurroundings()));
