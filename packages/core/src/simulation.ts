/** What a simulator drives besides the protocol: the parts that take the time as a parameter and do no I/O. */
export type { ExecutorHandler } from './executor/executor-handler.js';
export { Executor, type ExecutorEndpoint, type ExecutorOptions } from './executor/executor.js';
export { decodeEntry, encodeEntry } from './wire/entry-codec.js';
