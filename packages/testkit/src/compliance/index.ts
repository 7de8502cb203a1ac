export { byteConversation, type BytePeers } from './byte-conversation.js';
export { ChannelRecorder } from './channel-recorder.js';
export { clientFaceCompliance, type ClientFaceHarness } from './client-face-compliance.js';
export {
  conversationCompliance,
  type ConversationHarness,
  type ConversationService,
} from './conversation-compliance.js';
export { dialectCompliance, type DialectHarness, type Exchange } from './dialect-compliance.js';
export { pattern, pieces } from './pattern.js';
export type { Peer, TestService } from './peer.js';
export { RecordingLogger, type LogRecord } from './recording-logger.js';
export { serviceFaceCompliance, type ServiceFaceHarness } from './service-face-compliance.js';
export { connectTcpPeer, serveTcpPeers } from './tcp-peer.js';
export { turns, until } from './until.js';
