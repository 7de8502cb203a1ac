import { expect } from 'chai';
import { ProbeGate } from './probe-gate.js';

describe('ProbeGate', () => {
  let pings: Uint8Array[];
  let idles: number;
  let gate: ProbeGate;

  beforeEach(() => {
    pings = [];
    idles = 0;
    gate = new ProbeGate({ ping: (payload) => pings.push(payload), onIdle: () => (idles += 1) });
  });

  function answer(index: number): void {
    gate.answered(pings[index] ?? new Uint8Array());
  }

  it('is not busy before anything is sent', () => {
    gate.open();
    expect(gate.busy).to.equal(false);
    expect(pings).to.deep.equal([]);
  });

  it('pings when somebody asks, once for all that was sent', () => {
    gate.open();
    gate.sent();
    gate.sent();
    expect(pings).to.deep.equal([]);
    expect([gate.busy, gate.busy]).to.deep.equal([true, true]);
    expect(pings).to.have.lengthOf(1);
    answer(0);
    expect({ idles, busy: gate.busy }).to.deep.equal({ idles: 1, busy: false });
  });

  it('pings when the connection is open, if somebody has asked before', () => {
    gate.sent();
    expect(gate.busy).to.equal(true);
    expect(pings).to.deep.equal([]);
    gate.open();
    expect(pings).to.have.lengthOf(1);
  });

  it('a pong proves what was sent before its ping, and no more', () => {
    gate.open();
    gate.sent();
    expect(gate.busy).to.equal(true);
    gate.sent();
    answer(0);
    expect(idles).to.equal(0);
    expect(pings).to.have.lengthOf(2);
    answer(1);
    expect(idles).to.equal(1);
  });

  it('a pong that nobody has asked for proves nothing', () => {
    gate.open();
    gate.sent();
    expect(gate.busy).to.equal(true);
    for (const payload of [[], [1], [0, 0, 0, 0, 0, 0, 0, 2], [255, 255, 255, 255, 255, 255, 255, 255]]) {
      gate.answered(Uint8Array.from(payload));
    }
    expect({ idles, busy: gate.busy }).to.deep.equal({ idles: 0, busy: true });
  });

  it('nothing is pinged behind a close; the end of the connection ends the turn', () => {
    gate.open();
    gate.sent();
    gate.closing();
    expect(gate.busy).to.equal(true);
    expect(pings).to.deep.equal([]);
    gate.close();
    expect({ idles, busy: gate.busy }).to.deep.equal({ idles: 0, busy: false });
  });

  it('a refusal that has been read ends the turn', () => {
    gate.sent();
    expect(gate.busy).to.equal(true);
    gate.finish();
    expect({ idles, busy: gate.busy }).to.deep.equal({ idles: 1, busy: false });
  });

  it('tells nobody who has not asked', () => {
    gate.sent();
    gate.finish();
    expect(idles).to.equal(0);
  });
});
