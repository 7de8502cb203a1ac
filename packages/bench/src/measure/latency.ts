import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

const nanosecondsPerMillisecond = 1e6;
const nanosecondsPerMicrosecond = 1e3;

/** What a reader of a table wants to know of many durations. All in microseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** A distribution of durations, kept in nanoseconds with three significant digits. */
export class Latency {
  readonly #histogram: Histogram;

  constructor(histogram: Histogram = build({ numberOfSignificantValueDigits: 3 })) {
    this.#histogram = histogram;
  }

  /** What another process has sent. */
  static decode(text: string): Latency {
    return new Latency(decodeFromCompressedBase64(text));
  }

  /** For another process. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  record(milliseconds: number): void {
    this.#histogram.recordValue(Math.max(1, Math.round(milliseconds * nanosecondsPerMillisecond)));
  }

  add(other: Latency): void {
    this.#histogram.add(other.#histogram);
  }

  summary(): LatencySummary {
    const at = (percentile: number): number =>
      this.#histogram.getValueAtPercentile(percentile) / nanosecondsPerMicrosecond;
    return { count: this.count, p50Us: at(50), p99Us: at(99), maxUs: at(100) };
  }
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}
