export { adapter, adapter as default } from './module.js';
export type { TcpOptions } from './options.js';
export { TcpClientFace } from './tcp-client-face.js';
export { TcpServiceFace, type TcpServiceFaceOptions } from './tcp-service-face.js';
