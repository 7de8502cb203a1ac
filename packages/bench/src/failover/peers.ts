import type { FailoverPeer } from './failover-peer.js';
import { natsFailover } from './nats-failover.js';

export const peers: readonly FailoverPeer[] = [natsFailover];
