/** What the gate does with the connection, and tells. */
export interface ProbeGateHandler {
  /** To be answered with a pong that has the same payload. */
  ping(payload: Uint8Array): void;
  onIdle(): void;
}

/**
 * The gate `probe`: a ping follows what was sent, and its pong proves that the service has come that far. No ping is sent
 * before somebody asks.
 */
export class ProbeGate {
  readonly #handler: ProbeGateHandler;
  /** Counts what was sent. */
  #sent = 0;
  /** Up to where a ping has been sent. */
  #probed = 0;
  /** Up to where the service has answered. */
  #proven = 0;
  #isOpen = false;
  #isClosing = false;
  /** Somebody waits for `onIdle`. */
  #isAwaited = false;

  constructor(handler: ProbeGateHandler) {
    this.#handler = handler;
  }

  get busy(): boolean {
    if (this.#proven === this.#sent) return false;
    this.#isAwaited = true;
    this.#probe();
    return true;
  }

  /** Something was sent. */
  sent(): void {
    this.#sent += 1;
  }

  /** The service can be pinged from now on. */
  open(): void {
    this.#isOpen = true;
    if (this.#isAwaited) this.#probe();
  }

  /** What was sent is the last, and its proof is that the service closes the connection. */
  closing(): void {
    this.#isClosing = true;
  }

  /** A pong has come, perhaps one that nobody has asked for. */
  answered(payload: Uint8Array): void {
    const count = payload.length === 8 ? Number(Buffer.from(payload).readBigUInt64BE()) : 0;
    if (count <= this.#proven || count > this.#probed) return;
    this.#proven = count;
    if (!this.#isAwaited) return;
    if (this.#proven < this.#sent) this.#probe();
    else this.#tellIdle();
  }

  /** There is nothing to wait for any more, and nobody is told. */
  close(): void {
    this.#proven = this.#sent;
    this.#isAwaited = false;
    this.#isClosing = true;
  }

  /** The service has finished without a pong. */
  finish(): void {
    const isAwaited = this.#isAwaited && this.#proven < this.#sent;
    this.#proven = this.#sent;
    if (isAwaited) this.#tellIdle();
  }

  #tellIdle(): void {
    this.#isAwaited = false;
    this.#handler.onIdle();
  }

  #probe(): void {
    if (!this.#isOpen || this.#isClosing || this.#probed === this.#sent) return;
    this.#probed = this.#sent;
    const payload = Buffer.alloc(8);
    payload.writeBigUInt64BE(BigInt(this.#probed));
    this.#handler.ping(payload);
  }
}
