/** The tag of a field that holds an integer, an enumeration or a boolean. */
function varint(field: number): number {
  return field << 3;
}

/** The tag of a field that has a length: a text, a message, a packed list. */
function delimited(field: number): number {
  return (field << 3) | 2;
}

/**
 * What stands in front of each field of the messages that are encoded and decoded by hand, by their names in
 * lockstep.proto: the number of the field there, and its wire type.
 */
export const tags = {
  entryRun: { sender: delimited(1), firstSubmission: varint(2), lengths: delimited(3), lengthUnpacked: varint(3) },
  submit: { view: varint(1), run: delimited(2) },
  order: { view: varint(1), first: varint(2), runs: delimited(3), stable: varint(4) },
  entries: { first: varint(1), runs: delimited(2), through: varint(3) },
  receipt: { view: varint(1), received: varint(2), executed: varint(3), stable: varint(4) },
  commandsEntry: { client: delimited(1), epoch: varint(2), commands: delimited(3) },
  command: {
    kind: varint(1),
    connection: varint(2),
    position: varint(3),
    length: varint(4),
    bytes: varint(5),
    ended: varint(6),
    endpoint: delimited(7),
  },
  output: { epoch: varint(1), segments: delimited(2), stableBatches: varint(3), taken: delimited(4) },
  outputSegment: { kind: varint(1), connection: varint(2), position: varint(3), length: varint(4), bytes: varint(5) },
  progress: { epoch: varint(1), stableBatches: varint(2), taken: delimited(3) },
  takenInput: { connection: varint(1), position: varint(2) },
};
