import { expect } from 'chai';
import { LineConnection } from '../support/line-connection.js';
import type { LiveGroup } from '../support/live-group/live-group.js';
import { withGroup } from '../support/live-group/with-group.js';
import { until } from '../support/until.js';
import { Bystander } from './bystander.js';

const manyLines = 100_000;
const lineBytesMax = 65_536;

describe('A line protocol through a whole group, bad input', function () {
  this.timeout(300_000);

  for (const connections of ['dedicated', 'shared'] as const) {
    it(`gets the stated answer, and touches nobody else, ${connections}`, () =>
      withGroup({ example: 'job-queue', connections }, async (group) => {
        const bystander = await Bystander.of(group, (connection) => connection.ask('COUNT'));
        await refusesLongLine(group);
        await bystander.expectUntouched('OK 0 0 0');
        await passesOddBytes(group);
        await bystander.expectUntouched('OK 2 0 0');
        await answersUnterminatedLine(group);
        await bystander.expectUntouched('OK 2 0 0');
        await answersManyLines(group);
        await bystander.expectUntouched('OK 2 0 0');
        await bystander.leave();
        await group.untilServicesSay('OK 2 0 0', countAt);
      }));
  }
});

/** What came before it is answered, then comes the stated error, then the end; the service sees nothing of it. */
async function refusesLongLine(group: LiveGroup): Promise<void> {
  const connection = await LineConnection.open(group.clientPort);
  connection.write(`COUNT\nSUBMIT ${'x'.repeat(lineBytesMax)}\nSUBMIT y\n`);
  const lines: string[] = [];
  connection.onLine = (line) => lines.push(line);
  await until('it is over', () => connection.end !== 'open');
  expect(lines).to.deep.equal(['OK 0 0 0', `ERR line too long (maximum ${lineBytesMax} bytes)`]);
  expect(connection.end).to.equal('ended by the server');
  await connection.close();
}

/** NUL, invalid UTF-8, empty lines and mixed terminators are the service's business. */
async function passesOddBytes(group: LiveGroup): Promise<void> {
  const connection = await LineConnection.open(group.clientPort);
  const lines: string[] = [];
  connection.onLine = (line) => lines.push(line);
  for (const character of 'SUBMIT a\r\n\n\0\xff\xc3\nSUBMIT b\r') connection.write(character);
  connection.write('\nCOUNT\n');
  await until('all is answered', () => lines.length === 5);
  expect(lines[0]).to.match(/^OK \d+$/);
  expect(lines.slice(1, 3).every((line) => line.startsWith('ERR'))).to.equal(true);
  expect(lines.slice(3)).to.deep.equal(['OK 2', 'OK 2 0 0']);
  await connection.close();
}

async function answersUnterminatedLine(group: LiveGroup): Promise<void> {
  const connection = await LineConnection.open(group.clientPort);
  expect(await connection.ask('COUNT')).to.equal('OK 2 0 0');
  connection.write('COUN');
  await connection.close();
}

/** All in one write. */
async function answersManyLines(group: LiveGroup): Promise<void> {
  const connection = await LineConnection.open(group.clientPort);
  let answers = 0;
  connection.onLine = (line) => (answers += line === 'OK 2 0 0' ? 1 : 0);
  connection.write('COUNT\n'.repeat(manyLines));
  await until('all lines are answered', () => answers === manyLines);
  await connection.close();
}

async function countAt(port: number): Promise<string> {
  const connection = await LineConnection.open(port);
  const answer = await connection.ask('COUNT');
  await connection.close();
  return answer;
}
