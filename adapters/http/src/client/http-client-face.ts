import type { Channel, ClientFace, Logger } from '@lockstep/contracts';
import type { Address } from '../address.js';
import type { HttpOptions } from '../options.js';
import type { UpgradeHook } from './upgrade-hook.js';

/** Listens for HTTP clients, and yields a channel for each connection that has made a request. */
export class HttpClientFace implements ClientFace {
  /**
   * @param onUpgrade asked about each request for an upgrade; without it they are passed on
   */
  constructor(
    readonly address: Address,
    readonly options: HttpOptions,
    readonly logger: Logger,
    readonly onUpgrade?: UpgradeHook,
  ) {}

  listen(_accept: (channel: Channel) => void): Promise<string> {
    return Promise.reject(new Error('not yet'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
