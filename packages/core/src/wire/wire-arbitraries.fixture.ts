import type { EntryRun, IncarnationId, SubmissionNumber, View, ViewMember, ViewNumber } from '@lockstep/contracts';
import fc from 'fast-check';
import type { ClientToMember, MemberToClient, OutputSegment } from '../protocol/connections/client-link.js';
import type { Acknowledgement, Command, CommandsEntry, Entry } from '../protocol/connections/entry.js';
import type { PeerMessage, ViewChange } from '../protocol/messages.js';
import { encodeEntry } from './entry-codec.js';
import type { HandshakeMessage } from './hello.js';

// Random messages of every kind, for the specs of the codecs and of the framer.

export const bytes = (maxLength = 200): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });

/** A number of any brand: all magnitudes up to the largest exact one, less what a range may add to it. */
const counted = <Branded extends number>(min: 0 | 1): fc.Arbitrary<Branded> =>
  fc
    .tuple(fc.nat({ max: 52 }), fc.nat({ max: 2 ** 20 }))
    .map(([shift, low]) => Math.max(min, Math.min(2 ** shift + low, Number.MAX_SAFE_INTEGER - 2 ** 21)) as Branded);

const name = <Branded extends string>(): fc.Arbitrary<Branded> =>
  fc.string({ minLength: 1, maxLength: 24, unit: 'grapheme' }).map((text) => text as Branded);

const member: fc.Arbitrary<ViewMember> = fc.record({ incarnation: name<IncarnationId>(), witness: fc.boolean() });
const members = fc.array(member, { maxLength: 9 });
const incarnations = fc.array(name<IncarnationId>(), { maxLength: 9 });

export const run: fc.Arbitrary<EntryRun> = fc
  .tuple(name<IncarnationId>(), counted<SubmissionNumber>(1), fc.array(bytes(40), { minLength: 1, maxLength: 8 }))
  .map(([sender, firstSubmission, entries]) => ({
    sender,
    firstSubmission,
    lengths: entries.map((entry) => entry.byteLength),
    payload: Buffer.concat(entries),
  }));
const runs = fc.array(run, { maxLength: 5 });

const view: fc.Arbitrary<View> = fc.record({
  genesis: name<string>(),
  number: counted<ViewNumber>(1),
  members,
  learners: members,
  start: counted(0),
});
const viewChange: fc.Arbitrary<ViewChange> = fc.record({ members, learners: members, end: counted(0) });

const kind = <Kind extends string>(value: Kind): fc.Arbitrary<Kind> => fc.constant(value);
const order = <Branded extends number>(): fc.Arbitrary<Branded> => counted<Branded>(1);
const ballot = { view: order<ViewNumber>(), ballot: counted<never>(0) };

export const peerMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.record({
    kind: kind('status'),
    genesis: fc.oneof(name<string>(), fc.constant('')),
    view: counted<never>(0),
    received: counted<never>(0),
    submissions: counted<number>(0),
  }),
  fc.record({ kind: kind('submit'), view: order<never>(), run }),
  fc.record({ kind: kind('order'), view: order<never>(), first: order<never>(), runs, stable: counted<never>(0) }),
  fc.record({
    kind: kind('receipt'),
    view: counted<never>(0),
    received: counted<never>(0),
    executed: counted<never>(0),
    stable: counted<never>(0),
  }),
  fc.record({ kind: kind('suspicion'), view: order<never>(), by: name<IncarnationId>(), targets: incarnations }),
  fc.record({ kind: kind('join'), joiner: member }),
  fc.record({ kind: kind('ready'), view: order<never>(), executed: counted<never>(0), linked: incarnations }),
  fc.record({ kind: kind('leave'), view: counted<never>(0) }),
  fc.record({ kind: kind('prepare'), ...ballot }),
  fc.record({ kind: kind('prepare-refused'), ...ballot, promised: counted<never>(0) }),
  fc.record({
    kind: kind('promise'),
    ...ballot,
    received: counted<never>(0),
    accepted: fc.option(fc.record({ ballot: counted<never>(0), value: viewChange }), { nil: undefined }),
  }),
  fc.record({ kind: kind('entries'), first: order<never>(), runs, through: order<never>() }),
  fc.record({ kind: kind('accept'), ...ballot, value: viewChange }),
  fc.record({ kind: kind('accepted'), ...ballot }),
  fc.record({ kind: kind('install'), view }),
  fc.record({ kind: kind('excluded'), view: counted<never>(0), reason: fc.string({ maxLength: 80 }) }),
  fc.record({ kind: kind('fetch'), from: order<never>(), to: order<never>() }),
  fc.record({ kind: kind('genesis'), view }),
  fc.record({ kind: kind('genesis-answer'), genesis: fc.oneof(name<string>(), fc.constant('')) }),
);

const acknowledgement: fc.Arbitrary<Acknowledgement> = fc.record({
  connection: order<never>(),
  position: counted<never>(0),
  ended: fc.boolean(),
});
const acknowledgements = fc.array(acknowledgement, { maxLength: 5 });

/** Adds a payload, and its length in units: as many as there are bytes, or any other number but none for some bytes. */
const withPayload = <Fields extends object>(
  fields: Fields,
): fc.Arbitrary<Fields & { length: number; payload: Uint8Array }> =>
  bytes().chain((payload) =>
    fc
      .oneof(fc.constant(payload.length), fc.nat(), fc.integer({ min: 1, max: 8 }))
      .filter((length) => length > 0 || payload.length === 0)
      .map((length) => ({ ...fields, length, payload })),
  );

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: kind('open'), connection: order<never>(), endpoint: name<string>() }),
  fc.record({ kind: kind('data'), connection: order<never>(), position: counted<never>(0) }).chain(withPayload),
  fc.record({ kind: kind('end'), connection: order<never>(), position: counted<never>(0) }),
  fc.record({ kind: kind('reset'), connection: order<never>() }),
  acknowledgement.map((fields) => ({ kind: 'acknowledge' as const, ...fields })),
);

const commandsEntry: fc.Arbitrary<CommandsEntry> = fc.record({
  kind: kind('commands'),
  client: name<never>(),
  epoch: order<never>(),
  commands: fc.array(command, { maxLength: 8 }),
});

export const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    kind: kind('attach'),
    client: name<never>(),
    epoch: order<never>(),
    member: name<IncarnationId>(),
    established: fc.boolean(),
    received: acknowledgements,
  }),
  commandsEntry,
  fc.record({ kind: kind('detach'), client: name<never>(), epoch: order<never>() }),
  fc.record({ kind: kind('expire'), client: name<never>(), epoch: order<never>() }),
);

export const clientMessage: fc.Arbitrary<ClientToMember> = fc.oneof(
  fc.record({ kind: kind('attach'), epoch: order<never>(), established: fc.boolean(), received: acknowledgements }),
  commandsEntry.map((batch) => ({ kind: 'commands' as const, entry: batch, encoded: encodeEntry(batch) })),
  fc.record({ kind: kind('heartbeat') }),
);

const segment: fc.Arbitrary<OutputSegment> = fc.oneof(
  fc.record({ kind: kind('data'), connection: order<never>(), position: counted<never>(0) }).chain(withPayload),
  fc.record({ kind: kind('end'), connection: order<never>(), position: counted<never>(0) }),
  fc.record({ kind: kind('reset'), connection: order<never>(), position: counted<never>(0) }),
);

const taken = fc.array(fc.record({ connection: order<never>(), position: counted<never>(0) }), { maxLength: 5 });

const connectionStates = fc.array(
  fc.record({ connection: order<never>(), input: counted<never>(0), taken: counted<never>(0) }),
  { maxLength: 5 },
);

export const memberMessage: fc.Arbitrary<MemberToClient> = fc.oneof(
  fc.record({ kind: kind('states'), epoch: order<never>(), connections: connectionStates }),
  fc.record({
    kind: kind('attached'),
    epoch: order<never>(),
    order: order<never>(),
    connections: connectionStates,
    nextConnection: order<never>(),
    view,
  }),
  fc.record({
    kind: kind('output'),
    epoch: order<never>(),
    segments: fc.array(segment, { maxLength: 8 }),
    news: fc.option(fc.record({ stableBatches: counted<number>(1), taken }), { nil: undefined }),
  }),
  fc.record({ kind: kind('progress'), epoch: order<never>(), stableBatches: counted<number>(0), taken }),
  fc.record({ kind: kind('view'), view }),
  fc.record({
    kind: kind('refused'),
    reason: fc.constantFrom('not-a-member', 'superseded', 'bad-input', 'overloaded', 'leaving', 'no-quorum'),
    members: incarnations,
  }),
  fc.record({ kind: kind('expired') }),
  fc.record({ kind: kind('heartbeat') }),
);

export const handshakeMessage: fc.Arbitrary<HandshakeMessage> = fc.oneof(
  fc.record({
    kind: kind('hello'),
    version: fc.nat(),
    group: name<string>(),
    role: fc.constantFrom(undefined, 'member', 'transfer', 'client', 'observer', 'probe'),
    identity: fc.oneof(name<string>(), fc.constant('')),
    settings: fc.oneof(name<string>(), fc.constant('')),
    pid: fc.nat(),
  }),
  fc.record({ kind: kind('welcome') }),
  fc.record({
    kind: kind('refusal'),
    code: fc.constantFrom('unknown', 'version', 'group', 'unknown-member', 'settings', 'role', 'self', 'overloaded'),
    sentence: fc.string({ maxLength: 100 }),
  }),
);
