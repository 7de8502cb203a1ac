export type * from './compose-types.js';
export { composeClient, composeService, queryStatus } from './compose.js';
export * from './config/index.js';
export type * from './group-status.js';
