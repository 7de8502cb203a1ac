import { ChannelRecorder, MemoryNetwork, MemoryServiceFace, pieces, RecordingLogger, until } from '@lockstep/testkit';
import fc from 'fast-check';
import { expect } from 'chai';
import { SharedServiceFace } from './shared-service-face.js';
import { wordDialect } from './test-dialects.fixture.js';

const channelCount = 4;

/** What one of the channels does next. */
type Action =
  | { readonly channel: number; readonly kind: 'send'; readonly bytes: number }
  | { readonly channel: number; readonly kind: 'pause' | 'resume' | 'reset' | 'turn' };

const action: fc.Arbitrary<Action> = fc
  .record({ channel: fc.nat(channelCount - 1) })
  .chain(({ channel }) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.nat(30).map((bytes) => ({ channel, kind: 'send' as const, bytes })) },
      { weight: 2, arbitrary: fc.constant({ channel, kind: 'turn' as const }) },
      { weight: 1, arbitrary: fc.constantFrom('pause', 'resume').map((kind) => ({ channel, kind })) },
      { weight: 1, arbitrary: fc.constant({ channel, kind: 'reset' as const }) },
    ),
  );

/** The requests of a channel: some one-way, of different lengths, each one recognisable. */
function requestsOf(channel: number): string[] {
  return Array.from({ length: 400 }, (_, index) => `${index % 3 === 2 ? '!' : ''}${channel}.${index}\n`);
}

/** A service that answers each line that is no one-way request with itself, in pieces of its own. */
function serveEcho(network: MemoryNetwork, address: string): void {
  network.listen(address, (channel) => {
    let rest = '';
    channel.bind({
      onSegment: ({ payload }) => {
        const lines = (rest + Buffer.from(payload).toString()).split('\n');
        rest = lines.pop() ?? '';
        const replies = lines.filter((line) => !line.startsWith('!')).map((line) => `=${line}\n`);
        for (const piece of pieces(Buffer.from(replies.join('')), 7)) {
          channel.send({ length: piece.byteLength, payload: piece });
        }
      },
      onEnd: () => channel.end(),
      onReset: () => {},
      onTaken: () => {},
      onClosed: () => {},
    });
  });
}

describe('SharedServiceFace, whatever the channels do', () => {
  it('each gets the replies to its own whole requests, in order, and nothing else', async () => {
    await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 60 }), run), { numRuns: 150 });
  });

  async function run(actions: readonly Action[]): Promise<void> {
    const network = new MemoryNetwork();
    const address = network.freeAddress();
    serveEcho(network, address);
    const face = new SharedServiceFace(
      new MemoryServiceFace(network, address),
      wordDialect,
      'server',
      new RecordingLogger(),
    );
    const users = Array.from({ length: channelCount }, (_, channel) => ({
      recorder: new ChannelRecorder(face.connect()),
      script: requestsOf(channel).join(''),
      sentBytes: 0,
      wasReset: false,
    }));
    for (const next of actions) {
      const user = users[next.channel];
      if (user === undefined || user.wasReset) continue;
      if (next.kind === 'send') {
        const bytes = Buffer.from(user.script.slice(user.sentBytes, user.sentBytes + next.bytes));
        if (bytes.length > 0) user.recorder.send(bytes);
        user.sentBytes += bytes.length;
      } else if (next.kind === 'turn') {
        await new Promise((resolve) => setImmediate(resolve));
      } else {
        user.recorder[next.kind]();
        user.wasReset = next.kind === 'reset';
      }
    }
    for (const { recorder } of users) {
      recorder.resume();
      recorder.end();
    }
    await until('all channels are closed', () => users.every(({ recorder }) => recorder.isClosed));
    for (const { recorder, script, sentBytes, wasReset } of users) {
      const sent = script.slice(0, sentBytes);
      const lines = sent.split('\n').slice(0, -1);
      const expected = lines.filter((line) => !line.startsWith('!')).map((line) => `=${line}\n`);
      const received = Buffer.from(recorder.received).toString();
      expect(recorder.breaches).to.deep.equal([]);
      if (wasReset) expect(expected.join('').startsWith(received)).to.equal(true);
      else
        expect({ received, taken: recorder.takenUnits }).to.deep.equal({
          received: expected.join(''),
          taken: sentBytes,
        });
    }
    face.close();
  }
});
