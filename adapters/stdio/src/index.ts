export { adapter, adapter as default } from './module.js';
export type { StdioOptions } from './stdio-options.js';
