import type { ServiceChannel } from '@lockstep/contracts';
import { expect } from 'chai';
import { Random } from '../base/random.js';
import { Scheduler } from '../base/scheduler.js';
import { ModelMachine } from './model-machine.js';
import { ModelService } from './model-service.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe('The model service', () => {
  it('says the same on every connection, however its input and its output are cut, if turns are kept', () => {
    const turns: readonly (readonly [number, string])[] = [
      [0, 'x.1:1 w\nx.1:2 b 300\n'],
      [1, 'x.2:1 p x.1\nx.2:2 n\n'],
      [0, 'x.1:3 w\n'],
      [2, 'x.3:1 x\nx.3:2 w\n'],
      [1, 'x.2:3 q\nx.2:4 w\n'],
    ];
    const runs = Array.from({ length: 20 }, (_, seed) => play(seed, turns));
    for (const run of runs) expect(run).to.deep.equal(runs[0]);
    const machine = new ModelMachine();
    for (const name of ['1', '2', '3']) machine.open(name);
    for (const [index, text] of turns) machine.data(String(index + 1), encoder.encode(text));
    expect(runs[0]?.digest).to.equal(machine.digest);
    expect(machine.requests).to.have.length(7);
  });

  it('shows in its replies whatever is lost, doubled or reordered', () => {
    const digestOf = (...lines: string[]): string => {
      const machine = new ModelMachine();
      machine.open('1');
      machine.data('1', encoder.encode(lines.map((line) => `${line}\n`).join('')));
      return machine.digest;
    };
    const digests = [['a w', 'b w'], ['b w', 'a w'], ['a w'], ['a w', 'b w', 'b w']].map((lines) => digestOf(...lines));
    expect(new Set(digests).size).to.equal(4);
  });
});

/** Gives the service one turn after the other, each when it has finished the one before. */
function play(seed: number, turns: readonly (readonly [number, string])[]): { outputs: string[]; digest: string } {
  const scheduler = new Scheduler();
  const pace = { thinkMs: [0, 3], outputMs: [0, 3], chunkBytesMax: 7 } as const;
  const owner = { wake: () => undefined, onFed: () => undefined };
  const service = new ModelService(owner, scheduler, new Random(seed, 'service'), pace);
  const outputs = ['', '', ''];
  const channels: ServiceChannel[] = outputs.map((_, index) => {
    const channel = service.connect();
    const add = (text: string): void => void (outputs[index] += text);
    channel.bind({
      onSegment: ({ payload }) => add(decoder.decode(payload)),
      onEnd: () => add('<end>'),
      onReset: () => add('<reset>'),
      ...{ onTaken: () => undefined, onClosed: () => undefined, onOpen: () => undefined, onIdle: () => undefined },
    });
    return channel;
  });
  for (const [index, text] of turns) {
    const payload = encoder.encode(text);
    channels[index]!.send({ length: payload.byteLength, payload });
    do {
      scheduler.runNext(scheduler.now + 1);
      for (const channel of service.readable()) channel.read();
    } while (channels[index]!.busy);
  }
  while (scheduler.runNext(scheduler.now + 100)) for (const channel of service.readable()) channel.read();
  return { outputs, digest: service.machine.digest };
}
