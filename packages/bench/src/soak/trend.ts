/** How one process's memory went, as a straight line through its samples. */
export interface Trend {
  /** At the beginning and at the end of the line. */
  readonly from: number;
  readonly to: number;
  readonly perMinute: number;
}

export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

const minuteMs = 60_000;

/** The straight line with the least squares of distances. At least two samples, at different times. */
export function trendOf(samples: readonly Sample[]): Trend {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const meanAt = mean(({ atMs }) => atMs);
  const meanValue = mean(({ value }) => value);
  const covariance = mean(({ atMs, value }) => (atMs - meanAt) * (value - meanValue));
  const slope = covariance / mean(({ atMs }) => (atMs - meanAt) ** 2);
  const at = ({ atMs }: Sample): number => meanValue + slope * (atMs - meanAt);
  return { from: at(samples[0]!), to: at(samples.at(-1)!), perMinute: slope * minuteMs };
}
