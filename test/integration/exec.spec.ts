import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { GroupDocument } from '../support/live-group/group-configuration.js';
import { withGroup } from '../support/live-group/with-group.js';
import { requires } from '../support/requires.js';
import { PipedProgram, type ProgramRecord } from './piped-program.js';

/** A program for everything that the task spooler does not do. */
const shell = 'sh';

describe('Command lines, run on every replica', function () {
  this.timeout(300_000);

  let folder: string;

  before(function () {
    requires(this, 'tsp');
    folder = mkdtempSync(join(tmpdir(), 'lockstep-exec-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const example = 'task-spooler' as const;

  /** The spoolers of a test have sockets of their own, and there is a shell beside them. */
  function edit(document: GroupDocument): void {
    const socket = join(mkdtempSync(join(folder, 'spooler-')), '${name}');
    document.service = { env: { TS_SOCKET: socket, WHERE: socket } };
    for (const endpoint of Object.values(document.endpoints)) {
      endpoint.options = { commands: ['tsp', shell], stdinBytesMax: 1024 * 1024, outputBytesMax: 300_000 };
    }
  }

  it('a task spooler keeps its list and its numbers through kills, and gives its exit codes', () =>
    withGroup({ example, edit }, async (group) => {
      const run = (...words: string[]): Promise<ProgramRecord> => PipedProgram.exec(group, 'tsp', ...words).finish();
      const labels: string[] = [];
      for (const victim of group.hosts) {
        const number = labels.length;
        labels.push(`job${number}`);
        expect(await run('-L', `job${number}`, 'sh', '-c', `exit ${number}`)).to.deep.equal(printed(`${number}\n`));
        expect(await run('-w', `${number}`)).to.include({ code: number });
        await victim.killInterceptor();
        expect(await list(run)).to.deep.equal(labels);
        victim.start();
        await group.untilMembersAre(...group.names);
      }
      await run('-C');
      expect(await list(run)).to.deep.equal([]);
      expect(group.log).not.to.contain('gate-timeout');
    }));

  it('one standard output, standard error and exit code come back, whatever they are', () =>
    withGroup({ example, edit }, async (group) => {
      const run = (script: string, input: string | Uint8Array = '', ...words: string[]): Promise<ProgramRecord> => {
        const program = PipedProgram.exec(group, shell, '-c', script, 'script', ...words);
        program.type(input);
        return program.finish();
      };
      const everyByte = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
      expect(await run('cat', everyByte)).to.deep.equal(printed(Buffer.from(everyByte).toString('latin1')));
      expect(await run('printf "%s|" "$@"', '', 'a b', '', '-c', '$x')).to.deep.equal(printed('a b||-c|$x|'));
      expect(await run('echo out; echo err >&2; exit 7')).to.include({ stdout: 'out\n', stderr: 'err\n', code: 7 });
      expect(await run('kill -SEGV $$')).to.include({ stdout: '', code: 139 });
      expect(await run('sleep 7777 & echo gone')).to.deep.equal(printed('gone\n'));
      expect(await run('head -c 300001 /dev/zero')).to.include({ stdout: '', code: 1 });
      const many = await Promise.all(
        Array.from({ length: 4 }, (_, index) => run(`echo ${index} >> $WHERE.log; cat $WHERE.log`)),
      );
      const longest = many
        .map(({ stdout }) => stdout)
        .reduce((one, other) => (one.length > other.length ? one : other));
      for (const { stdout } of many) expect(longest.startsWith(stdout)).to.equal(true);
      expect(longest.split('\n').sort().join('')).to.equal('0123');
    }));

  it('what is not allowed is refused, and nothing is run', () =>
    withGroup({ example, edit }, async (group) => {
      const ordered = async (): Promise<number | undefined> => (await group.status())[0]?.ordered;
      const before = await ordered();
      const refused = await PipedProgram.exec(group, 'rm', '-rf', folder).finish();
      expect(refused).to.include({ stdout: '', code: 2 });
      expect(refused.stderr).to.match(/error: rm is not among the commands of this endpoint \(tsp, sh\)/);
      const tooMuch = PipedProgram.exec(group, shell, '-c', 'cat');
      tooMuch.type(new Uint8Array(1024 * 1024 + 1));
      const record = await tooMuch.finish();
      expect(record).to.include({ stdout: '', code: 1 });
      expect(record.stderr).to.match(/Standard input is longer than 1048576 bytes.*Nothing was run/s);
      expect(await ordered()).to.be.lessThan((before ?? 0) + 6);
    }));

  it('what commands have started in the background ends with the replica', () =>
    withGroup({ example, edit }, async (group) => {
      const pids = async (): Promise<string> => {
        const { stdout } = await PipedProgram.exec(group, shell, '-c', 'cat $WHERE.pid').finish();
        return stdout.trim();
      };
      await PipedProgram.exec(group, shell, '-c', 'setsid sleep 7777 >/dev/null 2>&1 & echo $! > $WHERE.pid').finish();
      const attachedPid = await pids();
      expect(isAlive(Number(attachedPid))).to.equal(true);
      await Promise.all(group.hosts.map((host) => host.stop()));
      expect(isAlive(Number(attachedPid))).to.equal(false);
    }));
});

/** The labels of the jobs in the list. */
async function list(run: () => Promise<ProgramRecord>): Promise<string[]> {
  return [...(await run()).stdout.matchAll(/\[(job\d)\]/g)].map(([, label = '']) => label);
}

function printed(stdout: string): ProgramRecord {
  return { stdout, stderr: '', code: 0, signal: null };
}

/** Whether it runs; one that has ended and was not waited for does not. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).byteLength > 0;
  } catch {
    return false;
  }
}
