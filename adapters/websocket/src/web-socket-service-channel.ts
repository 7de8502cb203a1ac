import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { connectError, formatAddress, type Address } from '@lockstep/sockets';
import { Conversation, type ConversationHandler } from './conversation.js';
import type { FrameLimits } from './frame-stream.js';
import { endToEndHeaders } from './handshake-headers.js';
import { InwardQueue } from './inward-queue.js';
import { ProbeGate } from './probe-gate.js';
import { type ServiceHandshakeHandler, startHandshake } from './service-handshake.js';
import { decodeUnit, encodeUnit, type HandshakeRequest, type Unit } from './units.js';

/** A service is not limited as clients are, but by what a process can hold: 100 MiB, as `ws` has it. */
const serviceLimits: FrameLimits = { payloadBytesMax: 100 * 1024 * 1024, fragmentsMax: 0, bufferedChunksMax: 0 };

/**
 * A service learns of the end of a connection a moment after it, and may act on it. With the gate `probe` so long is
 * waited before the next turn, in milliseconds: there is nobody left to be asked.
 */
const settleMs = 5;

/** A WebSocket to the service, begun with the client's handshake. */
export class WebSocketServiceChannel implements ServiceChannel, ConversationHandler, ServiceHandshakeHandler {
  readonly #address: Address;
  readonly #gate: ProbeGate | undefined;
  readonly #inward = new InwardQueue();
  #handler: ServiceChannelHandler | undefined;
  #request: ClientRequest | undefined;
  #conversation: Conversation | undefined;
  #refusal: IncomingMessage | undefined;
  /** Sent before the service has answered. */
  readonly #early: (Unit & { kind: 'message' | 'close' })[] = [];
  #isPaused = false;
  #isEnding = false;
  #isBroken = false;
  #takenUnits = 0;

  constructor(address: Address, gate: 'probe' | 'none') {
    this.#address = address;
    if (gate === 'none') return;
    this.#gate = new ProbeGate({
      ping: (payload) => this.#conversation?.ping(payload),
      onIdle: () => this.#handler?.onIdle(),
    });
  }

  get busy(): boolean {
    return this.#gate?.busy ?? false;
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
    this.#inward.bind(handler);
  }

  send(segment: Segment): void {
    if (this.#isBroken || this.#isEnding) return;
    const unit = decodeUnit(segment);
    this.#gate?.sent();
    if (unit?.kind === 'handshake' && this.#request === undefined) this.#dial(unit.request);
    else if (unit?.kind === 'message' || unit?.kind === 'close') this.#converse(unit);
    else this.#breakSoon(new Error('this is no unit of a WebSocket'));
  }

  end(): void {
    if (this.#isBroken || this.#isEnding) return;
    this.#isEnding = true;
    if (this.#refusal !== undefined) {
      this.#closeAfterRefusal(this.#refusal);
    } else if (this.#conversation !== undefined) {
      this.#gate?.sent();
      this.#gate?.closing();
      this.#conversation.end();
    }
  }

  reset(): void {
    if (this.#conversation !== undefined) {
      this.#gate?.close();
      this.#conversation.reset();
      return;
    }
    if (this.#isBroken) return;
    this.#giveUp();
    process.nextTick(() => this.#inward.close());
  }

  pause(): void {
    this.#isPaused = true;
    this.#refusal?.pause();
    if (this.#conversation === undefined) this.#inward.pause();
    else this.#conversation.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#conversation === undefined) this.#inward.resume();
    else this.#conversation.resume();
    process.nextTick(() => {
      if (!this.#isPaused) this.#refusal?.resume();
    });
  }

  onAccepted({ rawHeaders }: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.#isBroken) {
      socket.destroy();
      return;
    }
    const settings = { isServer: false, limits: serviceLimits };
    this.#conversation = new Conversation('service', { socket, head, settings }, this.#inward, this);
    if (this.#isPaused) this.#conversation.pause();
    this.onTaken();
    this.#inward.push(encodeUnit({ kind: 'accepted', rawHeaders: endToEndHeaders(rawHeaders) }));
    for (const unit of this.#early.splice(0)) this.#converse(unit);
    this.#gate?.open();
    if (!this.#isEnding) return;
    this.#isEnding = false;
    this.end();
  }

  onRefused(response: IncomingMessage): void {
    if (this.#isBroken) return;
    this.#refusal = response;
    const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = response;
    this.onTaken();
    this.#inward.push(encodeUnit({ kind: 'refused', status, statusText, rawHeaders: endToEndHeaders(rawHeaders) }));
    response
      .on('data', (payload: Buffer) => this.#inward.push({ length: payload.length, payload }))
      .on('end', () => {
        const { errored } = response.socket;
        if (errored !== null) return this.#break(errored);
        this.#inward.end();
        this.#gate?.finish();
        if (this.#isEnding) this.#closeAfterRefusal(response);
      })
      .on('error', (error) => this.#break(error));
    if (this.#isPaused) response.pause();
  }

  onError(error: Error): void {
    if (this.#refusal !== undefined || this.#conversation !== undefined) return;
    this.#break(connectError(error, formatAddress(this.#address)));
  }

  onTaken(): void {
    this.#takenUnits += 1;
    this.#handler?.onTaken(this.#takenUnits);
  }

  onPong(payload: Uint8Array): void {
    this.#gate?.answered(payload);
  }

  onBroken(reason: Error): void {
    this.#gate?.close();
    this.#handler?.onReset(reason, 'peer');
  }

  onClosed(): void {
    const tell = (): void => {
      this.#gate?.close();
      this.#inward.close();
    };
    if (this.#gate?.busy === true) setTimeout(tell, settleMs);
    else tell();
  }

  #dial(request: HandshakeRequest): void {
    try {
      this.#request = startHandshake(this.#address, request, this);
    } catch (error) {
      // What node does not send is no proper request, whatever has let it pass.
      this.#breakSoon(error as Error);
    }
  }

  #converse(unit: Unit & { kind: 'message' | 'close' }): void {
    if (this.#conversation === undefined) {
      this.#early.push(unit);
      return;
    }
    if (unit.kind === 'close') this.#gate?.closing();
    this.#conversation.send(unit);
  }

  /** Both directions are done when the body is read and the client has ended. */
  #closeAfterRefusal(response: IncomingMessage): void {
    if (!response.readableEnded) return;
    this.#request?.destroy();
    process.nextTick(() => this.#inward.close());
  }

  #breakSoon(reason: Error): void {
    process.nextTick(() => this.#break(reason));
  }

  #break(reason: Error): void {
    if (this.#isBroken) return;
    this.#giveUp();
    this.#handler?.onReset(reason, 'peer');
    this.#inward.close();
  }

  #giveUp(): void {
    this.#isBroken = true;
    this.#gate?.close();
    this.#inward.clear();
    this.#request?.destroy();
  }
}
