export {
  addressPattern,
  formatAddress,
  parseAddress,
  unixPathBytesMax,
  type Address,
  type TcpAddress,
  type UnixAddress,
} from './address.js';
export { listenOn, type ListenOptions } from './listen-on.js';
