import { LockstepError, tokens, type Adapter, type EndpointContext } from '@lockstep/contracts';
import { ContainerModule } from 'inversify';
import { parseAddress } from './address.js';
import { parseOptions, type TcpOptions } from './options.js';
import { TcpClientFace } from './tcp-client-face.js';
import { TcpServiceFace } from './tcp-service-face.js';

/** Plays any TCP service as a byte stream. */
export const adapter: Adapter<TcpOptions, ContainerModule> = {
  kind: 'channel',
  defaultGate: 'consumed',
  parseOptions,
  module: createModule,
};

function createModule({ quietMs }: TcpOptions, context: EndpointContext): ContainerModule {
  const { endpoint, listen, connect, logger, gate = adapter.defaultGate } = context;
  if (gate === 'reply') {
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `The endpoint "${endpoint}" has the gate "reply", but raw TCP does not know where a reply ends: ` +
        'use an adapter that does (line), or the gate "consumed" or "none".',
    );
  }
  const clientAddress = listen === undefined ? undefined : parseAddress(listen);
  const serviceAddress = connect === undefined ? undefined : parseAddress(connect);
  return new ContainerModule(({ bind }) => {
    if (clientAddress !== undefined) {
      bind(tokens.ClientFace)
        .toResolvedValue(() => new TcpClientFace(clientAddress, logger))
        .inSingletonScope();
    }
    if (serviceAddress !== undefined) {
      bind(tokens.ServiceFace)
        .toResolvedValue(() => new TcpServiceFace(serviceAddress, { gate, quietMs }))
        .inSingletonScope();
    }
  });
}
