import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, get } from 'node:http';
import { connectTcpPeer } from '@lockstep/testkit';
import { expect } from 'chai';
import { freePorts, listens } from '../support/free-ports.js';
import type { GroupDocument } from '../support/live-group/group-configuration.js';
import { withGroup } from '../support/live-group/with-group.js';
import { requires } from '../support/requires.js';
import { until } from '../support/until.js';

const timeouts = 'timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n  timeout check 5s';

/** A service that tells every client the address from which it comes, as the header before its stream says. */
const service = `
defaults
  mode http
  ${timeouts}
listen service
  bind 127.0.0.1:"$PORT" accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src]"
`;

/** A balancer that passes its clients on, and looks again and again whether there is somebody to pass them to. */
function balancer(port: number, lockstepPort: number): string {
  return `
defaults
  mode tcp
  ${timeouts}
listen balancer
  bind 127.0.0.1:${port}
  server lockstep 127.0.0.1:${lockstepPort} send-proxy-v2 check check-send-proxy inter 100ms
`;
}

describe('The PROXY protocol, between a balancer and a service that know it', function () {
  this.timeout(300_000);

  before(function () {
    requires(this, 'haproxy');
  });

  it('F1: tells the service from where its clients come, through haproxy on either side, and through a kill', async () => {
    const [port = 0] = await freePorts(1);
    let folder = '';
    await withGroup(
      { example: 'tcp', edit: (document, place) => serveHaproxy(document, (folder = place)) },
      async (group) => {
        const file = join(folder, 'balancer.cfg');
        writeFileSync(file, balancer(port, group.clientPort));
        const haproxy: ChildProcess = spawn('haproxy', ['-db', '-f', file], { stdio: 'inherit' });
        const agents = ['127.0.0.2', '127.0.0.3'].map(
          (address) => new Agent({ keepAlive: true, maxSockets: 1, localAddress: address }),
        );
        const tell = (): Promise<string[]> => Promise.all(agents.map((agent) => answerOf(port, agent)));
        try {
          await until('the balancer listens', () => listens(port));
          expect(await tell()).to.deep.equal(['127.0.0.2', '127.0.0.3']);
          const view = group.host('a').status?.view;

          const stranger = await connectTcpPeer(`127.0.0.1:${group.clientPort}`);
          stranger.write(Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
          await until('who does not come through the balancer is refused', () => stranger.incoming === 'reset');
          await group.untilEveryMember('is in the same view', (status) => status.view === view);
          expect(await tell()).to.deep.equal(['127.0.0.2', '127.0.0.3']);

          const victim = await group.attachedHost();
          await victim.killInterceptor();
          expect(await tell()).to.deep.equal(['127.0.0.2', '127.0.0.3']);
          victim.start();
          await group.untilComplete();
          expect(await tell()).to.deep.equal(['127.0.0.2', '127.0.0.3']);
          expect(group.clientInterceptor.log).to.match(/refused.*proxyProtocol\.in/);
        } finally {
          for (const agent of agents) agent.destroy();
          haproxy.kill('SIGKILL');
        }
      },
    );
  });
});

function serveHaproxy(document: GroupDocument, folder: string): void {
  const file = join(folder, 'service.cfg');
  writeFileSync(file, service);
  document.service = { run: `haproxy -db -f ${file}`, env: { PORT: '${port}' } };
  for (const endpoint of Object.values(document.endpoints)) {
    endpoint.options = { proxyProtocol: { in: true, out: true } };
  }
}

/** The body of an answer, over the connection that the agent keeps. */
function answerOf(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () => resolve(body));
    });
    request.once('error', reject);
  });
}
