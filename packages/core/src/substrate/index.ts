export { channelGate, composeServiceFace, type DialectEndpoint } from './compose-service-face.js';
export { DialectClientFace } from './dialect-client-face.js';
