import { drawPlan } from '../worlds/world-plan.js';
import { runWorld } from '../worlds/run-world.js';
import { seedResultOf } from './seed-result.js';

// One of the processes of a batch: runs each seed that it is sent, and says what became of it.

process.on('message', (seed: number) => process.send!(seedResultOf(runWorld(drawPlan(seed)))));
