/** What a client interceptor tells the `lockstep up` that started it: where its endpoints really listen. */
export interface ListeningMessage {
  readonly lockstep: 'listening';
  /** Endpoint and address, in the order of the configuration. */
  readonly addresses: readonly (readonly [endpoint: string, address: string])[];
}

/** Makes the message. */
export function listeningMessage(addresses: ReadonlyMap<string, string>): ListeningMessage {
  return { lockstep: 'listening', addresses: [...addresses] };
}

/** Whether a message from a child is this one. */
export function isListeningMessage(message: unknown): message is ListeningMessage {
  return (message as Partial<ListeningMessage> | null)?.lockstep === 'listening';
}
