import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockstepError } from '@lockstep/contracts';
import { expect } from 'chai';
import { parseAddress, type Address } from './address.js';
import { listenOn } from './listen-on.js';

const purpose = 'where clients are to be served';

describe('listenOn', () => {
  let folder: string;
  let path: string;
  const servers: Server[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
    path = join(folder, 'kv.sock');
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) if (server.listening) await once(server.close(), 'close');
    rmSync(folder, { recursive: true });
  });

  function listen(address: Address): Promise<Address> {
    const server = createServer((socket) => socket.on('error', () => {}).end('hello'));
    servers.push(server);
    return listenOn(server, address, { purpose });
  }

  async function failure(address: Address): Promise<LockstepError> {
    const error: unknown = await listen(address).catch((reason: unknown) => reason);
    if (!(error instanceof LockstepError)) throw new Error('it did not fail as it should', { cause: error });
    return error;
  }

  it('says which port 0 became', async () => {
    const bound = await listen(parseAddress('127.0.0.1:0')!);
    expect(bound).to.include({ host: '127.0.0.1' });
    expect((bound as { port: number }).port).to.be.greaterThan(0);
    expect(await failure(bound)).to.include({ code: 'ERR_LOCKSTEP_ADDRESS_IN_USE', retryable: true });
  });

  it('makes the file of a unix socket, and removes it when the server closes', async () => {
    expect(await listen({ path })).to.deep.equal({ path });
    expect(await answerAt(path)).to.equal('hello');
    await once(servers[0]!.close(), 'close');
    expect(existsSync(path)).to.equal(false);
  });

  it('takes the place of a process that was killed', async () => {
    await leaveStaleSocket(path);
    expect(existsSync(path)).to.equal(true);
    await listen({ path });
    expect(await answerAt(path)).to.equal('hello');
  });

  it('leaves the socket alone on which somebody listens', async () => {
    await listen({ path });
    const error = await failure({ path });
    expect(error).to.include({ code: 'ERR_LOCKSTEP_ADDRESS_IN_USE', retryable: true });
    expect(error.message).to.contain(`Another program listens on unix:${path}, ${purpose}.`);
    expect(await answerAt(path)).to.equal('hello');
  });

  it('lets one of many win who come at once upon a stale file', async () => {
    await leaveStaleSocket(path);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => listen({ path })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.lengthOf(1);
    expect(await answerAt(path)).to.equal('hello');
  });

  it('leaves a file alone that is no socket', async () => {
    writeFileSync(path, 'precious');
    const error = await failure({ path });
    expect(error.code).to.equal('ERR_LOCKSTEP_LISTEN');
    expect(error.message).to.contain('There is a file that is no socket');
    expect(readFileSync(path, 'utf8')).to.equal('precious');
  });

  it('says what to do about a folder that is missing, and about a part that is none', async () => {
    expect((await failure({ path: join(folder, 'none/kv.sock') })).message).to.match(/Create its folder/);
    writeFileSync(path, '');
    expect((await failure({ path: join(path, 'kv.sock') })).message).to.match(/choose another path/);
  });

  it('says what to do about a folder that it may not write to', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, 0o500);
    // Root may write everywhere, but not into what the kernel shows as files.
    const place = process.getuid?.() === 0 ? '/proc' : closed;
    const error = await failure({ path: join(place, 'kv.sock') });
    expect(error.code).to.equal('ERR_LOCKSTEP_LISTEN');
    expect(error.message).to.match(/Choose a folder that this user may write to/);
  });

  it('says what to do about an address that this machine does not have', async () => {
    expect((await failure({ host: '192.0.2.1', port: 1 })).message).to.match(/Choose an address that this machine has/);
  });
});

/** Leaves a socket file as a process does that is killed while it listens. */
async function leaveStaleSocket(path: string): Promise<void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('listening'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function answerAt(path: string): Promise<string> {
  let answer = '';
  for await (const bytes of connect({ path })) answer += String(bytes);
  return answer;
}
