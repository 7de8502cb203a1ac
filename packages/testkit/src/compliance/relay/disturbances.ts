/** What a relay does to what passes through it, besides passing it on. Probabilities are from 0 to 1. */
export interface Disturbances {
  /** How many replicas there are, each with a service of its own. */
  readonly replicas: number;
  /** That in one turn of the event loop nothing is moved, for each direction of each connection and each replica. */
  readonly delay: number;
  /** That a divisible segment is cut in two before it is passed on; its parts may be cut again. */
  readonly split: number;
  /** That divisible segments that wait one behind the other become one. */
  readonly join: number;
  /** That in one turn of the event loop a channel is paused, for a few turns. */
  readonly hold: number;
  /** Whether the output is continued with another replica's, again and again, at arbitrary positions. */
  readonly cutsOver: boolean;
}

/** A relay that passes on everything at once and as it is. */
export const undisturbed: Disturbances = { replicas: 1, delay: 0, split: 0, join: 0, hold: 0, cutsOver: false };
