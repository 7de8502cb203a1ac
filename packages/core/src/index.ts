export type * from './compose-types.js';
export * from './config/index.js';
export type * from './group-status.js';
