export {
  addressPattern,
  formatAddress,
  isLoopback,
  parseAddress,
  requireAddress,
  unixPathBytesMax,
  type Address,
  type TcpAddress,
  type UnixAddress,
} from './address.js';
export { ByteSocket } from './byte-socket.js';
export { atCallbackEnd, behindCallbackEnd, callbackTime } from './callback-end.js';
export { listenOn, type ListenOptions } from './listen-on.js';
export { confirmEnd, watchForReset } from './resets.js';
export { connectError, faultOf } from './socket-errors.js';
