export { adapter, adapter as default } from './exec/module.js';
export type { ExecOptions } from './exec/exec-options.js';
