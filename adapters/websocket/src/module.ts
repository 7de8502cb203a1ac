import { HttpClientFace, HttpServiceFace } from '@lockstep/adapter-http';
import { LockstepError, tokens, type Adapter, type EndpointContext, type Gate } from '@lockstep/contracts';
import { requireAddress } from '@lockstep/sockets';
import { ContainerModule } from 'inversify';
import { parseOptions, type WebSocketOptions } from './options.js';
import { WebSocketClientFace } from './web-socket-client-face.js';
import { WebSocketServiceFace } from './web-socket-service-face.js';

/** Who reads the addresses, for errors. */
const reader = 'the websocket adapter';

/** Plays services that speak WebSocket, and HTTP on the same port. */
export const adapter: Adapter<WebSocketOptions, ContainerModule> = {
  kind: 'faces',
  defaultGate: 'probe',
  parseOptions,
  module: createModule,
};

function createModule(options: WebSocketOptions, context: EndpointContext): ContainerModule {
  const { endpoint, listen, connect, logger } = context;
  const gate = checkGate(endpoint, context.gate ?? adapter.defaultGate);
  const clientAddress = listen === undefined ? undefined : requireAddress(listen, reader);
  const serviceAddress = connect === undefined ? undefined : requireAddress(connect, reader);
  return new ContainerModule(({ bind }) => {
    if (clientAddress !== undefined) {
      bind(tokens.ClientFace)
        .toResolvedValue(() => {
          return new WebSocketClientFace(
            (onUpgrade) => new HttpClientFace(clientAddress, options.http, logger, onUpgrade),
            options,
            logger,
          );
        })
        .inSingletonScope();
    }
    if (serviceAddress !== undefined) {
      bind(tokens.ServiceFace)
        .toResolvedValue(() => {
          const terms = { gate: gate === 'none' ? 'none' : 'reply', connections: 'dedicated' } as const;
          const http = new HttpServiceFace(serviceAddress, options.http, terms);
          return new WebSocketServiceFace(http, serviceAddress, gate);
        })
        .inSingletonScope();
    }
  });
}

function checkGate(endpoint: string, gate: Gate): 'probe' | 'none' {
  if (gate === 'probe' || gate === 'none') return gate;
  throw new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    `The endpoint "${endpoint}" has the gate "${gate}", but a WebSocket does not tell replies from other messages: ` +
      'leave gate out, or write "probe" or "none".',
  );
}
