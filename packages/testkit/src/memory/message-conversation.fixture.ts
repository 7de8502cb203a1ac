import type { Channel, ChannelHandler, Segment } from '@lockstep/contracts';
import type { ConversationHarness } from '../compliance/relay/conversation.js';
import { until } from '../compliance/until.js';
import { Random } from '../simulator/base/random.js';
import { MemoryClientFace } from './memory-client-face.js';
import type { MemoryNetwork } from './memory-network.js';
import { MemoryServiceFace } from './memory-service-face.js';

/**
 * A protocol of messages and bytes, as those with heads and bodies are: a message counts one unit, and the bytes between
 * messages one each. The service gives back each message with the number of the bytes before it, and then these.
 */
export function messageConversation(network: MemoryNetwork): ConversationHarness {
  return {
    createClientFace: () => new MemoryClientFace(network),
    createServiceFace: (address) => new MemoryServiceFace(network, address),
    serve: () => {
      const address = network.freeAddress();
      network.listen(address, (channel) => channel.bind(new MessageService(channel)));
      return Promise.resolve({
        address,
        close: () => {
          network.close(address);
          return Promise.resolve();
        },
      });
    },
    converse: async (address, seed) => {
      const client = new MessageClient(network.connect(address));
      const random = new Random(seed, 'messages');
      const expected: string[] = [];
      for (let count = 0; count < 100; count += 1) {
        const body = 'x'.repeat(random.integer(0, random.pick([0, 10, 10_000])));
        client.send(body, `message ${count}`);
        expected.push(`message ${count} after ${body.length}`, body);
        if (random.chance(0.2)) await until('an answer has come', () => client.messages >= count || client.isOver);
      }
      client.end();
      await until('it is closed', () => client.isOver);
      if (client.heard !== expected.join('|')) throw new Error(`heard ${client.heard.slice(0, 200)} …`);
    },
  };
}

/** Collects bytes until a message comes; the handlers of both sides are this, and what they do with them. */
abstract class MessageSide implements ChannelHandler {
  protected readonly channel: Channel;
  isOver = false;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  onSegment({ length, payload }: Segment): void {
    const text = Buffer.from(payload).toString('latin1');
    if (length === payload.byteLength) this.onBytes(text);
    else this.onMessage(text);
  }

  sendBytes(text: string): void {
    if (text.length > 0) this.channel.send({ length: text.length, payload: Buffer.from(text, 'latin1') });
  }

  sendMessage(text: string): void {
    this.channel.send({ length: 1, payload: Buffer.from(text, 'latin1') });
  }

  onReset(): void {
    this.isOver = true;
  }

  onClosed(): void {
    this.isOver = true;
  }

  onTaken(): void {
    // Nobody here waits for it.
  }

  abstract onEnd(): void;
  protected abstract onBytes(text: string): void;
  protected abstract onMessage(text: string): void;
}

class MessageService extends MessageSide {
  #body = '';

  onEnd(): void {
    this.channel.end();
  }

  protected onBytes(text: string): void {
    this.#body += text;
  }

  protected onMessage(text: string): void {
    this.sendMessage(`${text} after ${this.#body.length}`);
    this.sendBytes(this.#body);
    this.#body = '';
  }
}

class MessageClient extends MessageSide {
  /** What came: messages, and behind each the bytes that followed it. */
  readonly #parts: string[] = [];
  messages = 0;

  constructor(channel: Channel) {
    super(channel);
    channel.bind(this);
  }

  get heard(): string {
    return this.#parts.join('|');
  }

  send(body: string, message: string): void {
    this.sendBytes(body);
    this.sendMessage(message);
  }

  end(): void {
    this.channel.end();
  }

  onEnd(): void {
    // What came before it is all there is.
  }

  protected onBytes(text: string): void {
    this.#parts[this.#parts.length - 1] += text;
  }

  protected onMessage(text: string): void {
    this.messages += 1;
    this.#parts.push(text, '');
  }
}
