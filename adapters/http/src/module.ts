import { LockstepError, tokens, type Adapter, type EndpointContext, type Gate } from '@lockstep/contracts';
import { requireAddress } from '@lockstep/sockets';
import { ContainerModule } from 'inversify';
import { HttpClientFace } from './client/http-client-face.js';
import { parseOptions, type HttpOptions } from './options.js';
import { HttpServiceFace } from './service/http-service-face.js';

/** Who reads the addresses, for errors. */
const reader = 'the http adapter';

/** Plays any HTTP/1.1 service. */
export const adapter: Adapter<HttpOptions, ContainerModule> = {
  kind: 'faces',
  sharesConnections: true,
  defaultGate: 'reply',
  parseOptions,
  module: createModule,
};

function createModule(options: HttpOptions, context: EndpointContext): ContainerModule {
  const { endpoint, listen, connect, logger, connections } = context;
  const gate = checkGate(endpoint, context.gate ?? adapter.defaultGate);
  const clientAddress = listen === undefined ? undefined : requireAddress(listen, reader);
  const serviceAddress = connect === undefined ? undefined : requireAddress(connect, reader);
  return new ContainerModule(({ bind }) => {
    if (clientAddress !== undefined) {
      bind(tokens.ClientFace)
        .toResolvedValue(() => new HttpClientFace(clientAddress, options, logger))
        .inSingletonScope();
    }
    if (serviceAddress !== undefined) {
      bind(tokens.ServiceFace)
        .toResolvedValue(() => new HttpServiceFace(serviceAddress, options, { gate, connections }))
        .inSingletonScope();
    }
  });
}

function checkGate(endpoint: string, gate: Gate): 'reply' | 'none' {
  if (gate === 'reply' || gate === 'none') return gate;
  throw new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    `The endpoint "${endpoint}" has the gate "${gate}", but HTTP knows where a reply ends: ` +
      'leave gate out, or write "reply" or "none".',
  );
}
