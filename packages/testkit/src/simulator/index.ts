export { describeBatch, describeFailedSeed } from './batch/describe-batch.js';
export { runBatch, type BatchOptions, type BatchResult } from './batch/run-batch.js';
export type { SeedResult } from './batch/seed-result.js';
export { markNames, type MarkName } from './worlds/marks.js';
export { runScenario, type Scenario } from './worlds/run-scenario.js';
export { runWorld, type WorldCounts, type WorldFailure, type WorldResult } from './worlds/run-world.js';
export { drawPlan, type WorldPlan } from './worlds/world-plan.js';
export type { World } from './worlds/world.js';
