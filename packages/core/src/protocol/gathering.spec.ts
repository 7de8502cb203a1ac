import { expect } from 'chai';
import { Gathering, Slot } from './gathering.js';

describe('a gathering', () => {
  let [one, other, third] = [new Slot('one'), new Slot('other'), new Slot('third')];

  beforeEach(() => {
    [one, other, third] = [new Slot('one'), new Slot('other'), new Slot('third')];
  });

  it('has each item once, in the order of noting, until they are taken', () => {
    const gathering = new Gathering<string>();
    for (const slot of [other, one, other]) gathering.add(slot);
    expect(gathering.size).to.equal(2);
    expect(gathering.take()).to.deep.equal(['other', 'one']);
    expect(gathering.size).to.equal(0);
    expect(gathering.take()).to.deep.equal([]);
  });

  it('takes the same items again afterwards', () => {
    const gathering = new Gathering<string>();
    gathering.add(one);
    gathering.take();
    gathering.add(one);
    expect(gathering.take()).to.deep.equal(['one']);
  });

  it('forgets what was deleted', () => {
    const gathering = new Gathering<string>();
    for (const slot of [one, other, third]) gathering.add(slot);
    gathering.delete(other);
    gathering.delete(other);
    expect(gathering.size).to.equal(2);
    expect(gathering.take()).to.deep.equal(['one', 'third']);
  });

  it('gives an item up to another one that it is added to', () => {
    const [former, present] = [new Gathering<string>(), new Gathering<string>()];
    former.add(one);
    present.add(one);
    former.delete(one);
    expect(former.take()).to.deep.equal([]);
    expect(present.take()).to.deep.equal(['one']);
  });
});
