import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeHook, UpgradeRequest } from '@lockstep/adapter-http';
import type { Channel, ClientFace, Logger } from '@lockstep/contracts';
import { formatHead } from './handshake-headers.js';
import type { WebSocketOptions } from './options.js';
import { protocolVersion, readUpgrade, type ReadUpgrade } from './upgrade-request.js';
import { WebSocketClientChannel } from './web-socket-client-channel.js';

/** Plays an HTTP service that also speaks WebSocket: each of the two has virtual connections of its own. */
export class WebSocketClientFace implements ClientFace {
  readonly #http: ClientFace;
  readonly #options: WebSocketOptions;
  readonly #logger: Logger;
  #accept: ((channel: Channel) => void) | undefined;

  /** @param createHttpFace makes the face that listens, and that asks about requests for an upgrade */
  constructor(createHttpFace: (onUpgrade: UpgradeHook) => ClientFace, options: WebSocketOptions, logger: Logger) {
    this.#http = createHttpFace((...upgrade) => this.#onUpgrade(...upgrade));
    this.#options = options;
    this.#logger = logger;
  }

  listen(accept: (channel: Channel) => void): Promise<string> {
    this.#accept = accept;
    return this.#http.listen(accept);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #onUpgrade(request: UpgradeRequest, socket: Duplex, head: Buffer): boolean {
    const upgrade = readUpgrade(request, this.#options);
    if (upgrade.kind === 'other') return false;
    if (upgrade.kind === 'refused') this.#refuse(socket, upgrade);
    else this.#accept?.(new WebSocketClientChannel({ upgrade, socket, head }, this.#options));
    return true;
  }

  /** Answers a request that is no proper handshake; nobody else hears of it. */
  #refuse(socket: Duplex, { status, reason }: ReadUpgrade & { kind: 'refused' }): void {
    const fields = { code: 'ERR_LOCKSTEP_INPUT_REFUSED', status, reason };
    this.#logger.info(fields, `refused what a client sent: ${reason}`);
    const body = `${reason}.\n`;
    const rawHeaders = ['Connection', 'close', 'Content-Type', 'text/plain', 'Content-Length', String(body.length)];
    if (status === 426) rawHeaders.push('Upgrade', 'websocket', 'Sec-WebSocket-Version', protocolVersion);
    if (status === 405) rawHeaders.push('Allow', 'GET');
    socket.on('error', () => socket.destroy()).resume();
    socket.write(formatHead(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, rawHeaders));
    // Whoever is told to close and does not is closed: what it still sends is of no use.
    socket.end(body, () => socket.destroy());
  }
}
