import { expect } from 'chai';
import { ReadMemory } from './read-memory.js';

const readBytesMax = 64 * 1024;
const much = 16 * 1024;

describe('read memory', () => {
  let memories: ReadMemory[];
  let sharedBuffer: ArrayBufferLike;

  beforeEach(() => {
    memories = [];
    sharedBuffer = make().next.buffer;
  });

  afterEach(() => {
    for (const memory of memories) memory.release();
  });

  function make(): ReadMemory {
    const memory = new ReadMemory(readBytesMax);
    memories.push(memory);
    return memory;
  }

  /** A read, as the kernel does it, of bytes that all have one value. */
  function read(memory: ReadMemory, byteLength: number, value = 1): Uint8Array {
    expect(memory.next.length).to.equal(readBytesMax);
    memory.next.fill(value, 0, byteLength);
    return memory.take(byteLength);
  }

  const isShared = (memory: ReadMemory): boolean => memory.next.buffer === sharedBuffer;

  it('hands over bytes that nobody writes into any more, whoever reads how much', () => {
    const readers = [make(), make(), make()];
    const taken: [bytes: Uint8Array, value: number][] = [];
    let state = 1;
    for (let step = 0; step < 3000; step++) {
      state = (state * 48_271) % 2_147_483_647;
      const byteLength = 1 + (state % (step % 100 < 40 ? 2000 : readBytesMax));
      taken.push([read(readers[state % 3]!, byteLength, step & 0xff), step & 0xff]);
      expect(taken.at(-1)![0].length).to.equal(byteLength);
      if (taken.length > 300) check(...taken.shift()!);
    }
    for (const [bytes, value] of taken) check(bytes, value);

    function check(bytes: Uint8Array, value: number): void {
      expect(bytes.every((byte) => byte === value)).to.equal(true);
    }
  });

  it('is shared by all who read little, which is copied', () => {
    const memory = make();
    for (let count = 0; count < 100; count++) expect(read(memory, much - 1).buffer).not.to.equal(sharedBuffer);
    expect(isShared(memory)).to.equal(true);
  });

  it('is their own for those who read much, each read right behind the one before', () => {
    const memory = make();
    read(memory, much);
    const [first, second] = [read(memory, 10_001), read(memory, 100)];
    expect(second.buffer).to.equal(first.buffer);
    expect(second.byteOffset).to.equal(first.byteOffset + first.length);
  });

  it('is given back by who reads little again', () => {
    const memory = make();
    read(memory, much);
    for (let count = 0; count < 15; count++) read(memory, 4095);
    read(memory, 4096);
    for (let count = 0; count < 15; count++) read(memory, 4095);
    expect(isShared(memory)).to.equal(false);
    read(memory, 4095);
    expect(isShared(memory)).to.equal(true);
  });

  it('is given to 32 at a time', () => {
    for (let count = 0; count < 40; count++) read(make(), much);
    expect(memories.filter((memory) => !isShared(memory)).length).to.equal(32);
    const last = memories.at(-1)!;
    memories[1]!.release();
    memories[1]!.release();
    read(last, much);
    expect(isShared(last)).to.equal(false);
    read(memories.at(-2)!, much);
    expect(isShared(memories.at(-2)!)).to.equal(true);
  });
});
