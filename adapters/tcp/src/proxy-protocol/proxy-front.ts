import type { Socket } from 'node:net';
import { LockstepError, type Logger } from '@lockstep/contracts';
import { ByteSocket } from '@lockstep/sockets';
import type { ProxyProtocolOptions } from '../options.js';
import { ThrottledReport } from '../throttled-report.js';
import { proxyLimits } from './limits.js';
import { encodeProxyHeader, type ProxiedEnds } from './proxy-header.js';
import { ProxyHeaderParser, type ProxyHeaderOutcome } from './proxy-header-parser.js';

/** Who refuses one client may have to refuse many: one line in the log for each period says how many. */
const refusalPeriodMs = 1000;

/** What precedes the stream of a client: it takes off the header that a balancer sends, and puts on the one for the service. */
export class ProxyFront {
  readonly #options: ProxyProtocolOptions;
  readonly #address: string;
  readonly #logger: Logger;
  readonly #headerTimeoutMs: number;
  readonly #awaited = new Set<Socket>();
  readonly #refusals = new ThrottledReport<string>(refusalPeriodMs, (count, reason) => this.#report(count, reason));

  /**
   * @param address where clients connect to, for the log
   * @param headerTimeoutMs within which a client has to send its header
   */
  constructor(
    options: ProxyProtocolOptions,
    address: string,
    logger: Logger,
    headerTimeoutMs: number = proxyLimits.headerTimeoutMs,
  ) {
    this.#options = options;
    this.#address = address;
    this.#logger = logger;
    this.#headerTimeoutMs = headerTimeoutMs;
  }

  /**
   * Makes the socket's stream what the service is to read.
   *
   * @param socket just accepted, and not read yet (`pauseOnConnect`)
   * @param onAdmitted called once when the stream begins, or never if the client is refused. Reads from the socket at once
   */
  admit(socket: Socket, onAdmitted: (socket: ByteSocket) => void): void {
    if (!this.#options.in && !this.#options.out) {
      onAdmitted(ByteSocket.accept(socket, { allowHalfOpen: true }));
    } else if (!this.#options.in) {
      socket.unshift(encodeProxyHeader(endsOf(socket)));
      onAdmitted(ByteSocket.over(socket));
    } else if (this.#awaited.size >= proxyLimits.awaitedMax) {
      this.#refuse(socket, 'too many clients at a time that send none');
    } else {
      this.#awaited.add(socket);
      awaitHeader(socket, this.#headerTimeoutMs, (outcome) => {
        this.#awaited.delete(socket);
        if (outcome.kind === 'refused') this.#refuse(socket, outcome.reason);
        else if (outcome.kind === 'gone') socket.destroy();
        else this.#pass(socket, outcome, onAdmitted);
      });
    }
  }

  /** Drops the clients whose streams have not begun. */
  close(): void {
    for (const socket of this.#awaited) socket.destroy();
  }

  #pass(
    socket: Socket,
    outcome: Extract<ProxyHeaderOutcome, { kind: 'header' }>,
    onAdmitted: (socket: ByteSocket) => void,
  ): void {
    const { ends, header, rest } = outcome;
    this.#logger.debug({ client: ends?.source, address: this.#address }, 'a client came through a balancer');
    // What is put back while a stream flows may be told out of turn.
    socket.pause();
    if (rest.length > 0) socket.unshift(rest);
    if (this.#options.out) socket.unshift(header);
    socket.resume();
    onAdmitted(ByteSocket.over(socket));
  }

  #refuse(socket: Socket, reason: string): void {
    socket.on('error', () => {});
    // A unix socket knows no reset.
    if (socket.remotePort === undefined) socket.destroy();
    else socket.resetAndDestroy();
    this.#refusals.note(reason);
  }

  #report(count: number, reason: string): void {
    const error = new LockstepError(
      'ERR_LOCKSTEP_INPUT_REFUSED',
      `Clients on ${this.#address} were refused, as they do not begin with what proxyProtocol.in expects (${reason}): ` +
        'let them come through the balancer, and let it send headers of version 2 (haproxy: send-proxy-v2).',
    );
    this.#logger.warn({ code: error.code, reason, count }, error.message);
  }
}

/** Reads what comes first. A client that leaves without a word is `gone`: balancers look like this whether somebody listens. */
function awaitHeader(
  socket: Socket,
  timeoutMs: number,
  onDone: (outcome: ProxyHeaderOutcome | { kind: 'gone' }) => void,
): void {
  const parser = new ProxyHeaderParser();
  const finish = (outcome: ProxyHeaderOutcome | { kind: 'gone' }): void => {
    clearTimeout(timer);
    socket.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost);
    onDone(outcome);
  };
  const onData = (chunk: Buffer): void => {
    const outcome = parser.read(chunk);
    if (outcome !== undefined) finish(outcome);
  };
  const onEnd = (): void => {
    finish(parser.hasBegun ? { kind: 'refused', reason: 'a header that is cut off' } : { kind: 'gone' });
  };
  const onLost = (): void => finish({ kind: 'gone' });
  const reason = `no header within ${timeoutMs} ms`;
  const timer = setTimeout(() => finish({ kind: 'refused', reason }), timeoutMs);
  socket.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost).resume();
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): ProxiedEnds | undefined {
  if (!remoteAddress || !localAddress || remotePort === undefined || localPort === undefined) return undefined;
  return {
    source: { address: remoteAddress, port: remotePort },
    destination: { address: localAddress, port: localPort },
  };
}
