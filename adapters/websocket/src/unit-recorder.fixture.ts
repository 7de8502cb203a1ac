import type { Channel, Segment, ServiceChannelHandler } from '@lockstep/contracts';
import { decodeUnit, encodeUnit, messageSegments, type Unit } from './units.js';

/** Binds itself to a channel, and keeps what it tells, units taken apart. */
export class UnitRecorder implements ServiceChannelHandler {
  readonly channel: Channel;
  readonly units: Unit[] = [];
  /** Bytes that are no units: those of a refusal's body. */
  readonly body: Buffer[] = [];
  /** What was told, other than segments and units taken, in order. */
  readonly events: ('open' | 'end' | 'reset' | 'closed' | 'idle')[] = [];
  takenUnits = 0;
  resetReason: Error | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
    channel.bind(this);
  }

  /** Messages in words: text as it is, binary as its bytes in hexadecimal digits. Pieces are put together. */
  get messages(): string[] {
    const messages: string[] = [];
    let pieces: Uint8Array[] = [];
    for (const unit of this.units) {
      if (unit.kind !== 'message') continue;
      pieces.push(unit.payload);
      if (!unit.isLast) continue;
      messages.push(Buffer.concat(pieces).toString(unit.isBinary ? 'hex' : 'utf8'));
      pieces = [];
    }
    return messages;
  }

  send(unit: Exclude<Unit, { kind: 'message' }>): void {
    this.channel.send(encodeUnit(unit));
  }

  sendMessage(payload: string | Uint8Array): void {
    const isBinary = typeof payload !== 'string';
    for (const segment of messageSegments(Buffer.from(payload as Uint8Array), isBinary)) this.channel.send(segment);
  }

  onSegment(segment: Segment): void {
    const hasRefusal = this.units.at(-1)?.kind === 'refused';
    const unit = hasRefusal ? undefined : decodeUnit(segment);
    if (unit === undefined) this.body.push(Buffer.from(segment.payload));
    else this.units.push(unit);
  }

  onTaken(units: number): void {
    this.takenUnits = units;
  }

  onOpen(): void {
    this.events.push('open');
  }

  onIdle(): void {
    this.events.push('idle');
  }

  onEnd(): void {
    this.events.push('end');
  }

  onReset(reason: Error): void {
    this.resetReason = reason;
    this.events.push('reset');
  }

  onClosed(): void {
    this.events.push('closed');
  }
}
