export { adapter, adapter as default } from './module.js';
export type { WebSocketOptions } from './options.js';
export { WebSocketClientFace } from './web-socket-client-face.js';
export { WebSocketServiceFace } from './web-socket-service-face.js';
