/** What the clients that wait for a failover are asked to do, one after the other. */
export type StallOrder =
  /** Opens connections and sends on them until told otherwise. Answered when requests have been answered on all. */
  | { readonly kind: 'begin' }
  | /** Sends no more. Answered when everything that was sent has been answered. */ { readonly kind: 'end' };

/** The longest time that a request took from `begin` to `end`, in milliseconds; 0 as an answer to `begin`. */
export interface StallAnswer {
  /** On the connection that sends the next request when the last one has been answered. */
  readonly oneInFlightMs: number;
  /** On the connection that sends at a steady pace, from when the request was due. */
  readonly pacedMs: number;
}
