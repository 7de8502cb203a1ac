import { join } from 'node:path';
import { expect } from 'chai';
import { ClientProgram } from '../support/client-program.js';
import type { LiveGroup } from '../support/live-group/live-group.js';
import { withGroup } from '../support/live-group/with-group.js';
import { repository } from '../support/repository.js';
import { requires } from '../support/requires.js';

const example = 'http-json-store';
const curlRequests = 2000;
const wrkConnections = 16;
const wrkSeconds = 12;
/** The replica dies when so many are counted. */
const countedBeforeKill = 500;

const script = join(repository, 'test/integration/post-and-record.lua');

describe('an HTTP service, unmodified', function () {
  this.timeout(300_000);

  before(function () {
    requires(this, 'curl', 'wrk');
  });

  for (const connections of ['dedicated', 'shared'] as const) {
    it(`F1: counts for curl through a kill, each request once, ${connections}`, () =>
      withGroup({ example, connections }, async (group) => {
        const url = `http://127.0.0.1:${group.clientPort}/counters/n?request=[1-${curlRequests}]`;
        const curl = new ClientProgram('curl', '-sS', '--fail', '-X', 'POST', '-w', '\n', url);
        try {
          await killAttachedAt(group, curl, valuesOf);
          expect(valuesOf(await curl.finish())).to.deep.equal(Array.from({ length: curlRequests }, (_, n) => n + 1));
        } finally {
          curl.kill();
        }
        await untilCounted(group, curlRequests);
      }));

    it(`F1: counts for wrk through a kill, each request once, ${connections}`, () =>
      withGroup({ example, connections }, async (group) => {
        const words = ['-t1', `-c${wrkConnections}`, `-d${wrkSeconds}s`, '--timeout', '60s', '-s', script];
        const wrk = new ClientProgram('wrk', ...words, `http://127.0.0.1:${group.clientPort}/counters/n`);
        let output: string;
        try {
          await killAttachedAt(group, wrk, valuesOf);
          output = await wrk.finish();
        } finally {
          wrk.kill();
        }
        expect(output).not.to.match(/Socket errors|Non-2xx/);
        const counted = valuesOf(output);
        const total = Math.max(...counted);
        expect(new Set(counted).size, 'no number twice').to.equal(counted.length);
        // When its time is over, wrk leaves without the responses that it is waiting for.
        expect(total - counted.length, 'numbers that nobody got').to.be.within(0, wrkConnections);
        await untilAgreed(group);
      }));
  }
});

/** The numbers that the service has given out. */
function valuesOf(output: string): number[] {
  return [...output.matchAll(/\{"value":(\d+)\}/g)].map(([, value]) => Number(value));
}

/** Kills the replica that serves the client amid its requests, and starts it again. */
async function killAttachedAt(
  group: LiveGroup,
  client: ClientProgram,
  countedIn: (output: string) => readonly number[],
): Promise<void> {
  const attached = await group.attachedHost();
  await client.untilItSays(`${countedBeforeKill} numbers`, (output) => countedIn(output).length >= countedBeforeKill);
  await attached.killInterceptor();
  attached.start();
  await group.untilMembersAre(...group.names);
}

/** What a replica's own service has counted, asked past all interceptors. */
function ask(port: number): Promise<string> {
  return ClientProgram.run('curl', '-sS', '--fail', `http://127.0.0.1:${port}/counters/n`);
}

async function untilCounted(group: LiveGroup, total: number): Promise<void> {
  await group.untilServicesSay(`{"value":${total}}`, ask);
}

/** Until all replicas have counted as far as the one that the client interceptor asks. */
async function untilAgreed(group: LiveGroup): Promise<void> {
  await group.untilServicesSay(await ask(group.clientPort), ask);
}
