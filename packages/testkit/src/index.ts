export * from './compliance/index.js';
export * from './memory/index.js';
