import { join } from 'node:path';
import { expect } from 'chai';
import { RecordedProcess } from '../support/recorded-process.js';
import { repository } from '../support/repository.js';
import { freePortRange } from '../support/free-ports.js';

/** So many ports does the demo take, from the one that it is given. */
const portCount = 24;

describe('The demonstration that npm start shows', function () {
  this.timeout(300_000);

  it('ends with a verdict of zeros', async () => {
    const basePort = await freePortRange(portCount);
    const options = ['--kills', '2', '--rate', '100', '--base-port', String(basePort)];
    const demo = new RecordedProcess('demo', [join(repository, 'examples/job-queue/demo/main.mjs'), ...options]);
    demo.start();
    const end = await demo.ended;
    expect(end, demo.log).to.deep.equal({ code: 0, signal: null });
    expect(demo.log).to.match(/all three replicas agree/);
    expect(demo.log).to.match(
      /verdict: [\d,]+ requests, 2 kills, 0 lost, 0 doubled, 0 reordered, longest stall \d+ ms/,
    );
  });
});
