import type { ProgramStatus, Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { decodeHello, type Hello, type Role } from '../messages/hello.js';
import { encodeStatus } from '../messages/status.js';
import { bytes, isUnit, unit } from '../messages/unit.js';
import type { ProgramSession, SessionStream } from './program-session.js';

/** Finds the session that a hello belongs to; undefined if it has such a connection already. */
type Join = (channel: StreamChannel, hello: Hello) => ProgramSession | undefined;

/** One of the two connections of a program; which one, its hello says. */
export class StreamChannel implements ServiceChannel, SessionStream {
  readonly #join: Join;
  #handler: ServiceChannelHandler | undefined;
  #session: ProgramSession | undefined;
  #role: Role | undefined;
  /** Units sent: the hello, and bytes. */
  #sentUnits = 0;
  #inputEnded = false;
  #inputDelivered = false;
  #outputEnded = false;
  #status: ProgramStatus | undefined;
  #statusTold = false;
  /** The end of the output has been told. */
  #endTold = false;
  #paused = false;
  #over = false;

  constructor(join: Join) {
    this.#join = join;
  }

  get busy(): boolean {
    return !this.#over && (this.#session?.busy ?? false);
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
    process.nextTick(() => {
      if (!this.#over) handler.onOpen();
    });
  }

  send(segment: Segment): void {
    if (this.#inputEnded || this.#over || segment.length === 0) return;
    this.#sentUnits += segment.length;
    if (this.#session === undefined) return this.#greet(segment);
    if (this.#role === 'main') this.#session.send(segment.payload);
    else this.#takeSoon();
  }

  end(): void {
    if (this.#inputEnded || this.#over) return;
    this.#inputEnded = true;
    if (this.#role === 'main') return this.#session?.endInput();
    this.#inputDelivered = true;
    process.nextTick(() => this.#closeIfDone());
  }

  reset(): void {
    if (this.#over) return;
    this.#leave();
    if (this.#role !== undefined) this.#session?.kill(this.#role);
    process.nextTick(() => this.#handler?.onClosed());
  }

  pause(): void {
    this.#paused = true;
    if (this.#role !== undefined) this.#session?.pause(this.#role);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#role !== undefined) this.#session?.resume(this.#role);
    process.nextTick(() => this.#tellEnd());
  }

  onOutput(payload: Uint8Array): void {
    if (!this.#over) this.#handler?.onSegment(bytes(payload));
  }

  onOutputEnd(): void {
    this.#outputEnded = true;
    this.#tellEnd();
  }

  /** The hello counts one unit, ahead of the bytes. */
  onTaken(takenBytes: number): void {
    if (!this.#over) this.#handler?.onTaken(1 + takenBytes);
  }

  onInputEnded(): void {
    this.#inputDelivered = true;
    this.#closeIfDone();
  }

  onExit(status: ProgramStatus): void {
    this.#status = status;
    this.#tellEnd();
  }

  onIdle(): void {
    if (!this.#over) this.#handler?.onIdle();
  }

  onBroken(reason: Error): void {
    if (this.#over) return;
    this.#leave();
    this.#handler?.onReset(reason, 'local');
    this.#handler?.onClosed();
  }

  #greet(segment: Segment): void {
    const hello = isUnit(segment) ? decodeHello(segment.payload) : undefined;
    this.#session = hello && this.#join(this, hello);
    if (hello === undefined || this.#session === undefined) {
      process.nextTick(() => this.onBroken(new Error('the connection does not begin with a hello of its own')));
      return;
    }
    this.#role = hello.role;
    if (this.#paused) this.#session.pause(hello.role);
    this.#takeSoon();
  }

  #takeSoon(): void {
    const units = this.#sentUnits;
    process.nextTick(() => {
      if (!this.#over) this.#handler?.onTaken(units);
    });
  }

  /** The connection of standard error ends with how the program has ended. */
  #tellEnd(): void {
    if (!this.#outputEnded || this.#endTold || this.#paused || this.#over) return;
    if (this.#role === 'status') {
      if (this.#status === undefined) return;
      if (!this.#statusTold) this.#handler?.onSegment(unit(encodeStatus(this.#status)));
      this.#statusTold = true;
      if (this.#paused || this.#over) return;
    }
    this.#endTold = true;
    this.#handler?.onEnd();
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#over || !this.#endTold || !this.#inputDelivered) return;
    this.#leave();
    process.nextTick(() => this.#handler?.onClosed());
  }

  #leave(): void {
    this.#over = true;
    if (this.#role !== undefined) this.#session?.leave(this.#role);
  }
}
