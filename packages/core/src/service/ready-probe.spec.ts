import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockstepError } from '@lockstep/contracts';
import { connectReadyProbe, untilReachable, untilUnreachable, type ReadyProbe } from './ready-probe.js';
import { failureOf } from './service-bench.fixture.js';

/** Answers each question by the next of the given answers; the last one holds from there on. */
function scripted(...answers: (string | undefined)[]): ReadyProbe & { asked: number } {
  return {
    address: 'here',
    asked: 0,
    probe() {
      const answer = answers[Math.min(this.asked, answers.length - 1)];
      this.asked += 1;
      return answer === undefined
        ? Promise.resolve()
        : Promise.reject(Object.assign(new Error(answer), { code: answer }));
    },
  };
}

describe('ready probe', () => {
  const never = new AbortController().signal;

  it('connects to a TCP address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const probe = connectReadyProbe(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    await probe.probe();
    server.close();
    await once(server, 'close');
    expect(await failureOf(probe.probe())).to.include({ code: 'ECONNREFUSED' });
  });

  it('connects to a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
    const path = join(folder, 'kv.sock');
    const probe = connectReadyProbe(`unix:${path}`);
    expect(await failureOf(probe.probe())).to.include({ code: 'ENOENT' });
    const server = createServer().listen(path);
    await once(server, 'listening');
    await probe.probe();
    server.close();
    await once(server, 'close');
    rmSync(folder, { recursive: true });
  });

  it('needs an address', () => {
    expect(() => connectReadyProbe('nowhere')).to.throw(LockstepError, 'No address: nowhere');
  });

  it('asks until the service is there', async () => {
    const probe = scripted('ECONNREFUSED', 'ECONNREFUSED', undefined);
    await untilReachable(probe, never, 10);
    expect(probe.asked).to.equal(3);
  });

  it('gives up with the last refusal', async () => {
    const abort = new AbortController();
    const probe = scripted('ECONNREFUSED');
    const wait = untilReachable(probe, abort.signal, 1000);
    abort.abort();
    expect(await failureOf(wait)).to.include({ code: 'ECONNREFUSED' });
  });

  it('asks until the service is gone, and takes no shortage of our own for it', async () => {
    const probe = scripted(undefined, 'EMFILE', undefined, 'ECONNREFUSED');
    expect(await untilUnreachable(probe, never, 1)).to.equal(true);
    expect(probe.asked).to.equal(4);
  });

  it('says when the service was not gone in time', async () => {
    const abort = new AbortController();
    abort.abort();
    expect(await untilUnreachable(scripted(undefined), abort.signal, 1)).to.equal(false);
  });
});
