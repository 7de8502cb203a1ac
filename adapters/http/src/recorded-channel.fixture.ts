import type { Channel, Segment, ServiceChannelHandler } from '@lockstep/contracts';

/** Binds itself to a channel and keeps what is told. */
export class RecordedChannel<Bound extends Channel = Channel> implements ServiceChannelHandler {
  readonly channel: Bound;
  readonly segments: Segment[] = [];
  /** What was told, other than segments and units taken, in order. */
  readonly events: ('open' | 'end' | 'reset' | 'closed' | 'idle')[] = [];
  takenUnits = 0;
  units = 0;
  resetReason: Error | undefined;
  resetFault: 'peer' | 'local' | undefined;

  constructor(channel: Bound) {
    this.channel = channel;
    channel.bind(this);
  }

  get isClosed(): boolean {
    return this.events.at(-1) === 'closed';
  }

  get isOver(): boolean {
    return this.isClosed || this.events.includes('reset');
  }

  /** All payloads as text, one character for each byte. */
  get text(): string {
    return Buffer.concat(this.segments.map(({ payload }) => payload)).toString('latin1');
  }

  onSegment(segment: Segment): void {
    this.segments.push(segment);
    this.units += segment.length;
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

  onReset(reason: Error, fault: 'peer' | 'local'): void {
    this.resetReason = reason;
    this.resetFault = fault;
    this.events.push('reset');
  }

  onClosed(): void {
    this.events.push('closed');
  }
}
