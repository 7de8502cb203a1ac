import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { LineConnection } from '../support/line-connection.js';
import { withGroup } from '../support/live-group/with-group.js';
import type { GroupDocument } from '../support/live-group/group-configuration.js';
import { repository } from '../support/repository.js';
import { until } from '../support/until.js';

const service = join(repository, 'test/dist/integration/byte-service.js');

describe('A group on one machine without a port', function () {
  this.timeout(300_000);

  it('F1: links, serves and is served over unix sockets, whose files do not keep killed processes from coming back', async () => {
    let place = '';
    await withGroup(
      { example: 'tcp', edit: (document, folder) => (place = moveToSockets(document, folder)) },
      async (group) => {
        const clientSocket = join(place, 'client.sock');
        const connection = await LineConnection.open(clientSocket);
        expect(await connection.ask('eone')).to.equal('one');
        const victim = await group.attachedHost();
        await victim.killAll();
        expect(existsSync(join(place, `${victim.name}.link`)), 'the file of a killed process is left behind').to.equal(
          true,
        );
        expect(await connection.ask('two')).to.equal('two');
        victim.start();
        await group.untilComplete();
        expect(await connection.ask('three')).to.equal('three');

        await group.clientInterceptor.kill();
        await until('the connection is over', () => connection.end !== 'open');
        expect(existsSync(clientSocket)).to.equal(true);
        group.clientInterceptor.start();
        await group.untilComplete();
        const next = await LineConnection.open(clientSocket);
        expect(await next.ask('efour')).to.equal('four');
        await next.close();

        await group.clientInterceptor.stop(10_000);
        expect(existsSync(clientSocket), 'the file of a process that ends is removed').to.equal(false);
        await victim.stop();
        expect(existsSync(join(place, `${victim.name}.link`))).to.equal(false);
      },
    );
  });
});

/** Puts a socket into the place of each port. @returns the folder that they are in */
function moveToSockets(document: GroupDocument, folder: string): string {
  for (const [name, replica] of Object.entries(document.replicas)) replica.link = `unix:${folder}/${name}.link`;
  const address = `unix:${folder}/\${name}.sock`;
  document.service = { run: `node ${service} ${folder}/\${name}.sock`, ready: { tcp: address } };
  document.endpoints = {
    echo: { adapter: 'tcp', client: { listen: `unix:${folder}/client.sock` }, service: { connect: address } },
  };
  return folder;
}
