import { expect } from 'chai';
import { withGroup } from '../support/live-group/with-group.js';
import { requires } from '../support/requires.js';
import { until } from '../support/until.js';
import { ChatClient, closeCodeFor, findChatFaults, historyAt, type ChatLine } from './chat-client.js';
import { Chromium } from './chromium.js';

const example = 'websocket-chat';
const linesEach = 400;

/** What a client sends behind its handshake, and the code that it is closed with. */
const badFrames: readonly (readonly [code: number, bytes: readonly number[]])[] = [
  [1002, [0x81, 0x02, 0x68, 0x69]],
  [1002, [0xc1, 0x80, 0, 0, 0, 0]],
  [1002, [0x83, 0x80, 0, 0, 0, 0]],
  [1002, [0x09, 0x80, 0, 0, 0, 0]],
  [1002, [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed]],
  [1007, [0x81, 0x81, 0, 0, 0, 0, 0xff]],
  [1009, [0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]],
  [1008, new Array<number[]>(101).fill([0x89, 0x80, 0, 0, 0, 0]).flat()],
];

describe('A WebSocket chat', function () {
  this.timeout(300_000);

  it('F1: everybody is told every line once and in one order, through a kill of the attached replica', () =>
    withGroup({ example }, async (group) => {
      const names = ['ann', 'bob', 'cid'];
      const clients = await Promise.all(names.map((name) => ChatClient.enter(group.clientPort, name)));
      const said = Promise.all(clients.map((client) => client.sayLines(linesEach)));
      await clients[0]?.untilTold(linesEach);
      const attached = await group.attachedHost();
      await attached.killAll();
      await said;
      const count = names.length * linesEach;
      for (const client of clients) {
        await client.untilTold(count);
        expect(findChatFaults(client.lines)).to.deep.equal([]);
        expect(client.lines).to.have.lengthOf(count);
      }
      attached.start();
      await group.untilMembersAre(...group.names);
      const history = JSON.stringify(clients[0]?.lines.slice(-1000));
      await group.untilServicesSay(history, (port) => historyAt(port, 1000));
      await Promise.all(clients.map((client) => client.leave()));
      expect(clients.map(({ closeCode }) => closeCode)).to.deep.equal([1000, 1000, 1000]);
      expect(group.log).not.to.contain('gate-timeout');
    }));

  it('bad frames are refused with their close codes; the chat, the view and the services notice nothing', () =>
    withGroup({ example }, async (group) => {
      const ann = await ChatClient.enter(group.clientPort, 'ann');
      const said = ann.sayLines(linesEach);
      const before = await group.untilMembersAre(...group.names);
      for (const [code, bytes] of badFrames) expect(await closeCodeFor(group.clientPort, bytes)).to.equal(code);
      await said;
      expect(findChatFaults(ann.lines)).to.deep.equal([]);
      await group.untilServicesSay(JSON.stringify(ann.lines), (port) => historyAt(port, linesEach));
      const after = await group.untilMembersAre(...group.names);
      expect(after.map(({ view }) => view)).to.deep.equal(before.map(({ view }) => view));
      await ann.leave();
      expect(group.log).not.to.match(/gate-timeout|diverge/);
    }));

  it('F1: a browser stays in the chat through a kill', function () {
    requires(this, 'chromium');
    return withGroup({ example }, async (group) => {
      const browser = await Chromium.open(`http://127.0.0.1:${group.clientPort}/`);
      try {
        await until('the page is there', () => browser.evaluate(`document.querySelector('form') !== null`) as never);
        await fillIn(browser, '#name', 'eve');
        await until('eve is in', async () => (await stateOf(browser)) === 'connected');
        const ann = await ChatClient.enter(group.clientPort, 'ann');
        const said = ann.sayLines(linesEach);
        await talk(browser, ann, 1, 10);
        const attached = await group.attachedHost();
        await attached.killAll();
        await talk(browser, ann, 11, 20);
        await said;
        await ann.untilTold(linesEach + 20);
        const shown = await until('the page shows every line', async () => {
          const lines = await shownLines(browser);
          return lines.length >= linesEach + 20 && lines;
        });
        expect(findChatFaults(shown)).to.deep.equal([]);
        expect(shown).to.deep.equal(ann.lines);
        expect(await stateOf(browser)).to.equal('connected');
        await ann.leave();
      } finally {
        await browser.close();
      }
    });
  });
});

/** Types into a field of the page, and sends the form. */
async function fillIn(browser: Chromium, field: string, text: string): Promise<void> {
  await browser.evaluate(`
    document.querySelector('${field}').value = ${JSON.stringify(text)};
    document.querySelector('form').requestSubmit();
  `);
}

/** The browser says its lines one by one, each when the one before has come to somebody else. */
async function talk(browser: Chromium, other: ChatClient, first: number, last: number): Promise<void> {
  for (let count = first; count <= last; count += 1) {
    await fillIn(browser, '#text', `eve ${count}`);
    await until(`line ${count} of eve has come`, () => other.lines.some(({ text }) => text === `eve ${count}`));
  }
}

async function stateOf(browser: Chromium): Promise<unknown> {
  return browser.evaluate(`document.querySelector('#state').textContent`);
}

async function shownLines(browser: Chromium): Promise<ChatLine[]> {
  const items = (await browser.evaluate(
    `[...document.querySelectorAll('li')].map(({ value, textContent }) => [value, textContent])`,
  )) as [number, string][];
  return items.map(([number, shown]) => {
    const [name = '', text = ''] = shown.split(': ');
    return { number, name, text };
  });
}
