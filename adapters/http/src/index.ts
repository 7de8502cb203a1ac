export { adapter, adapter as default } from './module.js';
export { HttpClientFace } from './client/http-client-face.js';
export type { UpgradeHook, UpgradeRequest } from './client/upgrade-hook.js';
export { parseOptions, type HttpOptions } from './options.js';
export { HttpServiceFace, type HttpServiceTerms } from './service/http-service-face.js';
