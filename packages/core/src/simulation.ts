/** What stands around the protocol and does no I/O of its own, for tests that drive it: it takes the time as a parameter. */
export type { ExecutorHandler } from './executor/executor-handler.js';
export { Executor, type ExecutorEndpoint, type ExecutorOptions } from './executor/executor.js';
export { EntryReader } from './interceptors/entry-reader.js';
export { DialectClientFace } from './substrate/dialect-client-face.js';
export { DialectServiceFace } from './substrate/dialect-service-face.js';
export { decodeEntry, encodeEntry } from './wire/entry-codec.js';
