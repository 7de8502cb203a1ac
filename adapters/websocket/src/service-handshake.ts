import { randomBytes } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request as startRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { confirmEnd, type Address } from '@lockstep/sockets';
import { acceptKey } from './accept-key.js';
import { protocolVersion } from './upgrade-request.js';
import type { HandshakeRequest } from './units.js';

/** How a service may answer a handshake. */
export interface ServiceHandshakeHandler {
  /** @param head what was read from the socket with the answer */
  onAccepted(response: IncomingMessage, socket: Socket, head: Buffer): void;
  /** The response has a body, which is not read yet. */
  onRefused(response: IncomingMessage): void;
  /** The service cannot be reached, or its answer is none. */
  onError(error: Error): void;
}

/**
 * Asks a service for a WebSocket, over a connection of its own, as the client has asked, with a key of our own and
 * without extensions.
 */
export function startHandshake(
  address: Address,
  { target, rawHeaders }: HandshakeRequest,
  handler: ServiceHandshakeHandler,
): ClientRequest {
  const key = randomBytes(16).toString('base64');
  const request = startRequest({
    createConnection: () => dial(address),
    method: 'GET',
    path: target,
    setHost: false,
    headers: [
      ...rawHeaders,
      ...['Connection', 'Upgrade', 'Upgrade', 'websocket'],
      ...['Sec-WebSocket-Version', protocolVersion, 'Sec-WebSocket-Key', key],
    ],
  });
  request.on('upgrade', (response, socket: Socket, head) => {
    const { upgrade = '', 'sec-websocket-accept': accept, 'sec-websocket-extensions': extensions } = response.headers;
    if (upgrade.toLowerCase() === 'websocket' && accept === acceptKey(key) && extensions === undefined) {
      handler.onAccepted(response, socket, head);
      return;
    }
    socket.destroy();
    handler.onError(new Error('the service answered the handshake with another key, protocol or extension'));
  });
  request.on('response', (response) => handler.onRefused(response));
  request.on('error', (error) => handler.onError(error));
  request.end();
  return request;
}

/**
 * A body may be ended by the connection alone, and node then takes a reset for its end. So the socket finds out before node
 * hears of the end: it has an error when the end of such a response is told.
 */
function dial(address: Address): Socket {
  const socket = connect({ ...address, allowHalfOpen: true, noDelay: true });
  return socket.once('end', () => confirmEnd(socket, () => undefined));
}
