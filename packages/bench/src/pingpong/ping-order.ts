/** What the client is asked to measure. The targets take turns, so that whatever disturbs the machine disturbs all of them. */
export interface PingOrder {
  readonly targets: readonly PingTarget[];
  readonly messageBytes: number;
  /** Turns of each target that count. */
  readonly turns: number;
  /** Turns of each target before that. */
  readonly warmUpTurns: number;
  readonly turnMs: number;
  /**
   * The beginning of a turn, which is kept apart: the kernel has put programs that have rested on one processor, and takes this
   * long to spread them again.
   */
  readonly settleMs: number;
}

export interface PingTarget {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Encoded `Latency`s of one target. */
export interface PingTimes {
  readonly settled: string;
  /** Of the beginnings of turns. */
  readonly rested: string;
}

/** By the name of the target. */
export type PingAnswer = Readonly<Record<string, PingTimes>>;
