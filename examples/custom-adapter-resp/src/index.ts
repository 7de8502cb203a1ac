export { adapter, adapter as default } from './module.js';
export { parseOptions, type RespOptions } from './options.js';
export { RespDialect } from './resp-dialect.js';
