/** Where clients connect: a port, or a unix socket. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** What the clients send, and what they must get for it. The texts stand for bytes, one character each. */
export interface Traffic {
  /** Sent in turn. */
  readonly requests: readonly string[];
  /** The reply to each of them. */
  readonly reply: string;
  /** What is sent behind the requests of one batch, and what is answered to it. */
  readonly closing?: { readonly request: string; readonly reply: string };
}

/** What the process of the clients is asked to do, one after the other. */
export type LoadOrder =
  /** Opens connections, and has a batch of one request answered on each. */
  | {
      readonly kind: 'open';
      readonly address: Address;
      readonly connections: number;
      readonly traffic: Traffic;
    }
  /** Keeps one batch in flight on each of the first connections, and measures the second part of the time. */
  | {
      readonly kind: 'closed-loop';
      readonly active: number;
      /** Requests in a batch. */
      readonly depth: number;
      readonly warmUpMs: number;
      readonly measureMs: number;
    }
  /** Sends requests at a steady pace, however long the replies take. */
  | {
      readonly kind: 'paced';
      readonly active: number;
      readonly requestsPerSecond: number;
      readonly durationMs: number;
    };

export interface LoadAnswer {
  /** Requests that were answered in the measured time. */
  readonly requests: number;
  readonly seconds: number;
  /** How long each batch took until all of it was answered: an encoded `Latency`. With a pace, from when it was due. */
  readonly latency: string;
}
