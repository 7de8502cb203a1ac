/** What the client is asked to measure. */
export interface PingOrder {
  readonly targets: readonly PingTarget[];
  readonly messageBytes: number;
  /** Exchanges with each target that count. */
  readonly count: number;
  /** Exchanges with each target before that. */
  readonly warmUpCount: number;
}

export interface PingTarget {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** An encoded `Latency` for each target, by its name. */
export type PingAnswer = Readonly<Record<string, string>>;
