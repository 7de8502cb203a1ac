import type { ServiceChannel, ServiceFace } from '@lockstep/contracts';
import type { Address } from '../address.js';
import type { HttpOptions } from '../options.js';

/** How the face meets the service. */
export interface HttpServiceTerms {
  readonly gate: 'reply' | 'none';
  readonly connections: 'dedicated' | 'shared';
}

/** Connects to the service, once for each virtual connection or once for all. */
export class HttpServiceFace implements ServiceFace {
  constructor(
    readonly address: Address,
    readonly options: HttpOptions,
    readonly terms: HttpServiceTerms,
  ) {}

  connect(): ServiceChannel {
    throw new Error('not yet');
  }

  probe(): Promise<void> {
    return Promise.reject(new Error('not yet'));
  }

  onLost(_listener: (reason: Error) => void): void {}

  close(): void {}
}
