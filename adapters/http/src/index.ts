export { adapter, adapter as default } from './module.js';
export { formatAddress, parseAddress, socketOptions, type Address } from './address.js';
export { HttpClientFace } from './client/http-client-face.js';
export type { UpgradeHook, UpgradeRequest } from './client/upgrade-hook.js';
export { parseOptions, type HttpOptions } from './options.js';
export { HttpServiceFace, type HttpServiceTerms } from './service/http-service-face.js';
export { connectError, faultOf, listenError } from './socket-errors.js';
