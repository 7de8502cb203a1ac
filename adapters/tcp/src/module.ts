import { LockstepError, tokens, type Adapter, type EndpointContext } from '@lockstep/contracts';
import { requireAddress } from '@lockstep/sockets';
import { ContainerModule } from 'inversify';
import { parseOptions, type TcpOptions } from './options.js';
import { TcpClientFace } from './tcp-client-face.js';
import { TcpServiceFace } from './tcp-service-face.js';

/** Who reads the addresses, for errors. */
const reader = 'the tcp adapter';

/** Plays any TCP service as a byte stream. */
export const adapter: Adapter<TcpOptions, ContainerModule> = {
  kind: 'channel',
  defaultGate: 'consumed',
  parseOptions,
  module: createModule,
};

function createModule({ quietMs, readBytes, proxyProtocol }: TcpOptions, context: EndpointContext): ContainerModule {
  const { endpoint, listen, connect, logger, gate = adapter.defaultGate } = context;
  if (gate === 'reply' || gate === 'probe') {
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `The endpoint "${endpoint}" has the gate "${gate}", but raw TCP does not know where a reply ends: ` +
        'use an adapter that does (line), or the gate "consumed" or "none".',
    );
  }
  if (proxyProtocol.out && context.beneathDialect) {
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `The endpoint "${endpoint}" has proxyProtocol: { out: true } beneath a dialect, which would take the header for ` +
        'a request: use the adapter tcp by itself, or remove out.',
    );
  }
  const clientAddress = listen === undefined ? undefined : requireAddress(listen, reader);
  const serviceAddress = connect === undefined ? undefined : requireAddress(connect, reader);
  return new ContainerModule(({ bind }) => {
    if (clientAddress !== undefined) {
      bind(tokens.ClientFace)
        .toResolvedValue(() => new TcpClientFace(clientAddress, logger, proxyProtocol))
        .inSingletonScope();
    }
    if (serviceAddress !== undefined) {
      bind(tokens.ServiceFace)
        .toResolvedValue(() => new TcpServiceFace(serviceAddress, { gate, quietMs, readBytes }))
        .inSingletonScope();
    }
  });
}
