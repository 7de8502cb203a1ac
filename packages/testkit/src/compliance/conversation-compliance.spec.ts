import type {
  Channel,
  ChannelHandler,
  Segment,
  ServiceChannel,
  ServiceChannelHandler,
  ServiceFace,
} from '@lockstep/contracts';
import { expect } from 'chai';
import { MemoryNetwork } from '../memory/memory-network.js';
import { messageConversation } from '../memory/message-conversation.fixture.js';
import { playThroughRelay } from './relay/conversation.js';
import { undisturbed } from './relay/disturbances.js';

/** Changes what a good service channel does into what a bad one does. */
type Fault = (channel: ServiceChannel, replica: number) => ServiceChannel;

const disturbances = { ...undisturbed, replicas: 3, delay: 0.3, hold: 0.3, split: 0.3, join: 0.3, cutsOver: true };

/** The faults that somebody who writes an adapter makes, and how the suite tells each. */
const faults: readonly (readonly [string, string, Fault])[] = [
  [
    'cuts messages',
    'heard',
    telling(({ onSegment }) => ({ onSegment: (segment) => halves(segment).forEach(onSegment) })),
  ],
  [
    'says the end twice',
    'onEnd twice',
    telling(({ onEnd }) => ({
      onEnd: () => {
        onEnd();
        onEnd();
      },
    })),
  ],
  [
    'says that it took more than it got',
    'units had been sent',
    telling(({ onTaken }) => ({ onTaken: (units) => onTaken(units + 10_000_000) })),
  ],
  [
    'uses its read buffer again',
    'a buffer was written',
    telling(({ onSegment }) => ({
      onSegment: (segment) => {
        onSegment(segment);
        setImmediate(() => segment.payload.fill(0));
      },
    })),
  ],
  [
    'masks what it sends in place',
    'a buffer was written',
    calling((channel) => ({
      send: (segment) => {
        channel.send({ ...segment, payload: Uint8Array.from(segment.payload) });
        segment.payload.fill(0);
      },
    })),
  ],
  ['does not pause', 'while paused', calling(() => ({ pause: () => undefined }))],
  [
    'answers from inside a call',
    'from inside a call into the channel',
    (channel) => {
      let tell: (units: number) => void = () => undefined;
      const bound = telling((handler) => {
        tell = handler.onTaken;
        return { onTaken: () => undefined };
      })(channel, 0);
      let units = 0;
      return calling(() => ({
        send: (segment) => {
          bound.send(segment);
          tell((units += segment.length));
        },
      }))(bound, 0);
    },
  ],
  [
    'puts out other units on one replica',
    'the replicas differ in units',
    (channel, replica) =>
      replica === 2
        ? telling(({ onEnd, onSegment }) => ({
            onEnd: () => {
              onSegment({ length: 1, payload: Buffer.from('more') });
              onEnd();
            },
          }))(channel, replica)
        : channel,
  ],
  [
    'is busy and never says that it is idle',
    'no onIdle followed',
    (channel) => {
      let busy = false;
      const sending = calling(() => ({
        send: (segment) => {
          busy = true;
          setImmediate(() => (busy = false));
          channel.send(segment);
        },
      }))(channel, 0);
      return Object.defineProperty(sending, 'busy', { get: () => busy });
    },
  ],
];

describe('conversation compliance tells when a face', () => {
  for (const [what, sign, fault] of faults) {
    it(what, async () => {
      const harness = messageConversation(new MemoryNetwork());
      let replicas = 0;
      const faulty = {
        ...harness,
        createServiceFace: (address: string): ServiceFace => {
          const face = harness.createServiceFace(address);
          const replica = replicas++;
          return { connect: () => fault(face.connect(), replica), probe: () => face.probe() };
        },
      };
      const outcome = await playThroughRelay(faulty, disturbances, 1, (converse) => converse(1)).then(
        () => 'nothing is wrong',
        (error: Error & { actual?: unknown }) => `${error.message} ${JSON.stringify(error.actual)}`,
      );
      expect(outcome).to.include(sign);
    });
  }
});

type Told = { [Name in keyof ChannelHandler]: ChannelHandler[Name] };

/** A fault in what the channel tells. */
function telling(change: (handler: Told) => Partial<Told>): Fault {
  return (channel) =>
    calling(() => ({
      bind: (handler) => {
        const told: Told = {
          onSegment: (segment) => handler.onSegment(segment),
          onEnd: () => handler.onEnd(),
          onReset: (reason, side) => handler.onReset(reason, side),
          onTaken: (units) => handler.onTaken(units),
          onClosed: () => handler.onClosed(),
        };
        const service = handler as ServiceChannelHandler;
        channel.bind({
          ...told,
          onOpen: () => service.onOpen(),
          onIdle: () => service.onIdle(),
          ...change(told),
        });
      },
    }))(channel, 0);
}

/** A fault in what the channel does when it is called. */
function calling(change: (channel: ServiceChannel) => Partial<Channel>): Fault {
  return (channel) => ({
    busy: false,
    bind: (handler) => channel.bind(handler),
    send: (segment) => channel.send(segment),
    end: () => channel.end(),
    reset: () => channel.reset(),
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    ...change(channel),
  });
}

function halves({ length, payload }: Segment): Segment[] {
  if (length === payload.byteLength) return [{ length, payload }];
  return [payload.subarray(0, 4), payload.subarray(4)].map((part) => ({ length: 1, payload: part }));
}
