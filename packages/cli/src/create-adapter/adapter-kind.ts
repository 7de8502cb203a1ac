/** What an adapter brings: a codec over a byte channel, a byte channel, or both faces for a protocol of its own. */
export type AdapterKind = 'dialect' | 'channel' | 'faces';

/** The folders of templates that make up an adapter of each kind. */
export const templatesOf: Readonly<Record<AdapterKind, readonly string[]>> = {
  dialect: ['every', 'dialect'],
  channel: ['every', 'socket', 'channel'],
  faces: ['every', 'socket', 'faces'],
};
