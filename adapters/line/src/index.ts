export { adapter, adapter as default } from './module.js';
export { LineDialect } from './line-dialect.js';
export type { LineOptions, ReplyOption, RequestOption } from './options/line-options.js';
export { parseOptions } from './options/parse-options.js';
export type { LineRules, ReplyRule, RequestRule } from './rules.js';
