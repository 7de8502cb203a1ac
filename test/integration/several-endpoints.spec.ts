import { expect } from 'chai';
import { ClientProgram } from '../support/client-program.js';
import { LineConnection } from '../support/line-connection.js';
import type { LiveGroup } from '../support/live-group/live-group.js';
import { withGroup } from '../support/live-group/with-group.js';
import { requires } from '../support/requires.js';
import { until } from '../support/until.js';

/** Tickets that each of the protocols draws. */
const share = 1000;
const lineClients = 4;
const lineClientShare = share / lineClients;

describe('One service over two protocols', function () {
  this.timeout(300_000);

  before(function () {
    requires(this, 'curl');
  });

  it('F1: gives out each number once, over HTTP and over lines at the same time, through a kill', () =>
    withGroup({ example: 'ticket-office' }, async (group) => {
      const url = `http://127.0.0.1:${portOf(group, 'web')}/tickets?[1-${share}]`;
      const curl = new ClientProgram('curl', '-sS', '--fail', '-X', 'POST', url);
      const overLines: number[] = [];
      try {
        const clients = Array.from({ length: lineClients }, () => drawOverLines(portOf(group, 'desk'), overLines));
        await until(
          'both protocols have drawn',
          () => overLines.length > share / 10 && numbersIn(curl.output).length > share / 10,
        );
        const attached = await group.attachedHost();
        await attached.killInterceptor();
        attached.start();
        await Promise.all(clients);
        const drawn = [...overLines, ...numbersIn(await curl.finish())].sort((one, other) => one - other);
        expect(drawn).to.deep.equal(Array.from({ length: 2 * share }, (_, index) => index + 1));
      } finally {
        curl.kill();
      }
      await group.untilMembersAre(...group.names);
      const state = await stateOf(portOf(group, 'web'));
      expect(state).to.match(new RegExp(`^${2 * share} [0-9a-f]{16}$`));
      await group.untilServicesSay(state, stateOf);
    }));
});

function portOf(group: LiveGroup, endpoint: string): number {
  return group.configuration.clientPorts.get(endpoint) ?? 0;
}

/** Draws one ticket after another over one connection. */
async function drawOverLines(port: number, drawn: number[]): Promise<void> {
  const connection = await LineConnection.open(port);
  let count = 0;
  connection.onLine = (line) => {
    drawn.push(Number(line));
    count += 1;
    if (count < lineClientShare) connection.write('DRAW\n');
  };
  connection.write('DRAW\n');
  await until('all of its tickets are drawn', () => {
    if (connection.end !== 'open') throw new Error(`the connection is over: ${String(connection.end)}`);
    return count === lineClientShare;
  });
  await connection.close();
}

function numbersIn(output: string): number[] {
  return output.split('\n').slice(0, -1).map(Number);
}

/** How many tickets were drawn, and the digest of who drew them: asked over HTTP. */
async function stateOf(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/tickets`);
  return (await response.text()).trim();
}
