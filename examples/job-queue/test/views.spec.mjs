import { expect } from 'chai';
import { drawLine, drawPicture } from '../demo/picture.mjs';
import { PlainView } from '../demo/plain-view.mjs';
import { TerminalView } from '../demo/terminal-view.mjs';

const member = (rank, ordered) => ({ state: 'member', rank, ordered, sequencer: rank === 0 });
const hosts = [
  { name: 'a', pid: 4312, servicePid: 4325, isAttached: true, member: member(0, 7412) },
  { name: 'b', pid: null, servicePid: null, isAttached: false, member: null },
  { name: 'c', pid: 99, servicePid: null, isAttached: false, member: null },
];
const progress = { sent: 7204, replied: 7202, waiting: 2, longestStallMs: 37.4, open: 4 };
const scene = { elapsedMs: 12_345, hosts, progress, rate: 600.4, kills: 3, advice: ['Ctrl-C ends everything'] };

/** A screen that understands what TerminalView writes to it. */
class FakeTerminal {
  columns = 60;
  rows = [''];

  write(text) {
    const [plain, ...escapes] = text.split('\x1b[');
    this.#print(plain);
    for (const escape of escapes) {
      const [, codes, final, rest] = /^([?\d]*)([A-Za-z])([^]*)$/.exec(escape);
      if (final === 'A') this.rows.length -= Number(codes);
      else if (!['J', 'h', 'l'].includes(final)) throw new Error(`unknown escape ${codes}${final}`);
      this.#print(rest);
    }
  }

  #print(text) {
    for (const character of text) {
      if (character === '\n') this.rows.push('');
      else if (character === '\r') this.rows[this.rows.length - 1] = '';
      else this.rows[this.rows.length - 1] += character;
    }
  }
}

describe('the picture', () => {
  it('shows replicas, client and advice', () => {
    expect(drawPicture(scene)).to.deep.equal([
      '',
      '  replica  state     rank  order  interceptor  service  role',
      '  a        member    0     7,412  4312         4325     sequencer, attached',
      '  b        down      -     -      -            -',
      '  c        starting  -     -      99           -',
      '',
      '   12.3 s  7,204 requests at 600/s, 2 waiting, longest stall 38 ms, 3 kills',
      '',
      '  Ctrl-C ends everything',
    ]);
  });

  it('is one line where there is no terminal', () => {
    expect(drawLine(scene)).to.equal(
      '7,204 requests at 600/s, 2 waiting, longest stall 38 ms, 3 kills; ' +
        'a member #7,412 (sequencer, attached); b down; c starting',
    );
  });

  it('can be drawn before the client has started', () => {
    expect(drawPicture({ ...scene, progress: null, advice: [] })).to.have.length(6);
    expect(drawLine({ ...scene, progress: null })).to.equal(
      'a member #7,412 (sequencer, attached); b down; c starting',
    );
  });
});

describe('the views', () => {
  it('keep the picture in its place on a terminal, below what has happened, and never wrap', () => {
    const terminal = new FakeTerminal();
    const view = new TerminalView(terminal);
    view.update(scene);
    view.say('kill -9 b', 1_000);
    view.update({ ...scene, advice: [] });
    view.update(scene);
    view.say('verdict');
    const picture = drawPicture(scene).map((line) => line.slice(0, 59));
    expect(terminal.rows).to.deep.equal(['  1.0 s  kill -9 b', 'verdict', ...picture, '']);
  });

  it('print lines elsewhere', () => {
    let text = '';
    const view = new PlainView({ write: (more) => (text += more) });
    view.say('kill -9 b', 1_000);
    view.update({ ...scene, progress: null });
    view.say('verdict');
    expect(text).to.equal(
      '  1.0 s  kill -9 b\n 12.3 s  a member #7,412 (sequencer, attached); b down; c starting\nverdict\n',
    );
  });
});
