import { expect } from 'chai';
import type { GroupDocument } from '../support/live-group/group-configuration.js';
import type { LiveGroup } from '../support/live-group/live-group.js';
import { withGroup } from '../support/live-group/with-group.js';
import { requires } from '../support/requires.js';
import { until } from '../support/until.js';
import { PipedProgram, type ProgramRecord } from './piped-program.js';

/** What somebody might type into bc, the errors too; each line has an answer. */
const calculations = [
  'a = 2 ^ 100; a',
  'define f(x) { return (x * a) }',
  'f(3)',
  '1 / 0',
  's(1)',
  'a + 1',
  'b',
  'f(b - 1)',
];

/** A script of as many statements as make work for a while; it ends without a line feed. */
const statements = 6000;
const script = [
  'create table numbers(n integer primary key, text);',
  ...Array.from({ length: statements }, (_, index) => {
    if (index % 100 === 99) return `select count(*), sum(n), max(text) from numbers;`;
    if (index % 500 === 42) return 'insert into numbers values (1, 2, 3);';
    return `insert into numbers values (${index}, 'text ${index} ä');`;
  }),
  '.mode csv',
  'select * from numbers order by n desc limit 2000;',
  "select hex(x'00ff0d0a')",
].join('\n');

describe('Programs on standard input and output', function () {
  this.timeout(300_000);

  before(function () {
    requires(this, 'bc', 'sqlite3');
  });

  it('the example to copy: sorts through a kill', () =>
    withGroup({ example: 'stdio' }, async (group) => {
      const sort = PipedProgram.stdio(group, 'sort');
      sort.type('b\nc\n');
      await killAttached(group);
      sort.type('a\n');
      expect(await sort.finish()).to.deep.equal({ stdout: 'a\nb\nc\n', stderr: '', code: 0, signal: null });
    }));

  it('a session with bc, through a kill at every line, is that of bc alone', () =>
    withGroup({ example: 'bc' }, async (group) => {
      const [direct, session] = [PipedProgram.direct('bc', '-l'), PipedProgram.stdio(group, 'bc')];
      for (const [index, line] of calculations.entries()) {
        for (const program of [direct, session]) program.type(line.slice(0, 2));
        if (index % 2 === 1) await killAttached(group);
        const marker = `--${index}--`;
        for (const program of [direct, session]) {
          program.type(`${line.slice(2)}\nprint "${marker}\\n"\n`);
          await program.untilItSays(marker);
        }
      }
      for (const program of [direct, session]) program.type('halt\n');
      const expected = await direct.ended();
      expect(expected.stderr).to.match(/zero/);
      expect(await session.ended()).to.deep.equal(expected);
    }));

  it('a script for sqlite3, through kills, gives what sqlite3 gives, byte for byte', () =>
    withGroup({ example: 'sqlite' }, async (group) => {
      const direct = PipedProgram.direct('sqlite3', '-batch', ':memory:');
      direct.type(script);
      const expected = await direct.finish();
      expect(expected.code).to.equal(1);
      const session = PipedProgram.stdio(group, 'scratch');
      for (const part of [0, 1, 2]) {
        session.type(script.slice((part * script.length) / 3, ((part + 1) * script.length) / 3));
        await until('it answers', () => session.stdout.split('\n').length > 10 + 20 * part);
        if (part < 2) await killAttached(group);
      }
      const record = await session.finish();
      expect(record.stdout === expected.stdout, 'the same output').to.equal(true);
      expect(record).to.deep.equal(expected);
    }));

  it('one sqlite3 for all: clients see what others have written, and a replica that comes back has it', () =>
    withGroup({ example: 'sqlite' }, async (group) => {
      const [writer, reader] = [PipedProgram.stdio(group, 'shared'), PipedProgram.stdio(group, 'shared')];
      writer.type('create table t(n, text);\n');
      await writer.untilItSays('end\n');
      for (let round = 1; round <= 3; round += 1) {
        writer.type(`insert into t values (${round}, 'it''s');\n`.repeat(100));
        await until('all is written', () => writer.stdout.split('end\n').length === 2 + 100 * round);
        await killAttached(group);
        reader.type('select count(*) as "all", max(text) as text from t;\n');
        await reader.untilItSays(`[{"all":${100 * round},"text":"it's"}]\nend\n`);
      }
      reader.type('nonsense;\n');
      await reader.untilItSays('syntax error');
      writer.type('.quit\n');
      expect((await writer.ended()).stdout).to.match(/ERR dot commands/);
      reader.type('select 7 as seven;\n');
      await reader.untilItSays('[{"seven":7}]\nend\n');
      expect(await reader.finish()).to.include({ stderr: '', code: 0 });
      expect(group.log).not.to.contain('gate-timeout');
    }));

  it('a stand-in that is told to end, or whose reader is gone, leaves no program behind', () =>
    withGroup({ example: 'stdio', edit: runs({ wait: 'sleep 7777', yes: 'yes' }) }, async (group) => {
      const view = await viewOf(group);
      for (const [signal, code] of [
        ['SIGINT', 130],
        ['SIGTERM', 143],
      ] as const) {
        const program = PipedProgram.stdio(group, 'wait');
        await untilConnections(group, 2);
        program.signal(signal);
        expect(await program.ended()).to.deep.equal({ stdout: '', stderr: '', code, signal: null });
        await untilConnections(group, 0);
      }
      const endless = PipedProgram.stdio(group, 'yes');
      await endless.untilItSays('y\ny\n');
      endless.closeOutput();
      expect(await endless.ended()).to.include({ stderr: '', code: 141 });
      await untilConnections(group, 0);
      expect(await viewOf(group)).to.equal(view);
    }));

  it('the catalogue: whatever a program does, it does so for its own client, and for nobody else', () =>
    withGroup({ example: 'stdio', edit: runs(cataloguePrograms()) }, async (group) => {
      const view = await viewOf(group);
      const bystander = PipedProgram.stdio(group, 'bystander');
      const deaf = PipedProgram.stdio(group, 'deaf');
      deaf.type(Buffer.alloc(moreThanBuffers));
      let asked = 0;
      for (const [index, { what, input = '', expected }] of catalogue.entries()) {
        const program = PipedProgram.stdio(group, `program-${index}`);
        program.type(input);
        const record = await program.finish();
        expect(record, what).to.deep.include({ stdout: '', stderr: '', code: 0, signal: null, ...expected });
        bystander.type(`${(asked += 1)}\n`);
        await bystander.untilItSays(`answer ${asked}\n`);
      }
      expect(deaf.pendingBytes, 'what a program does not read').to.be.greaterThan(moreThanBuffers / 2);
      deaf.signal('SIGTERM');
      expect(await deaf.ended()).to.include({ code: 143 });
      expect(await bystander.finish()).to.include({ stderr: '', code: 0 });
      await untilConnections(group, 0);
      expect(await viewOf(group)).to.equal(view);
    }));

  it('says that no group is there, and fails', () =>
    withGroup({ example: 'stdio', timing: { suspectAfterMs: 500, giveUpAfterMs: 1000 } }, async (group) => {
      await Promise.all(group.hosts.map((host) => host.interceptor.kill()));
      const record = await PipedProgram.stdio(group, 'sort').ended();
      expect(record).to.include({ stdout: '', code: 1 });
      expect(record.stderr).to.match(/error: The program was given up.*lockstep status/s);
    }));
});

/** What the kernel keeps between two programs, several times over. */
const moreThanBuffers = 8 * 1024 * 1024;

/** Every line of the catalogue of what programs do, each with the same end as that of the program itself. */
const catalogue: readonly {
  readonly what: string;
  readonly run: string;
  readonly input?: string | Uint8Array;
  readonly expected: Partial<ProgramRecord>;
}[] = [
  {
    what: 'prints before it reads',
    run: "sh -c 'echo early; exec cat'",
    input: 'late\n',
    expected: { stdout: 'early\nlate\n' },
  },
  {
    what: 'prompts without a line feed',
    run: `sh -c 'printf "> "; while read -r line; do printf "%s> " "$line"; done'`,
    input: 'a\nb\n',
    expected: { stdout: '> a> b> ' },
  },
  { what: 'ends without a line feed', run: 'printf done', expected: { stdout: 'done' } },
  {
    what: 'gets a last line without a line feed',
    run: 'cat',
    input: 'one\ntwo',
    expected: { stdout: 'one\ntwo' },
  },
  {
    what: 'ends before it has read all of its input',
    run: 'head -n 1',
    input: Buffer.alloc(moreThanBuffers, 'line\n'),
    expected: { stdout: 'line\n' },
  },
  {
    what: 'closes its input and goes on',
    run: "sh -c 'exec <&-; printf 1; printf 2; exit 4'",
    input: Buffer.alloc(moreThanBuffers, 'x'),
    expected: { stdout: '12', code: 4 },
  },
  {
    what: 'closes its output and goes on',
    run: "sh -c 'echo out; exec >&-; cat >/dev/null; exit 5'",
    input: 'x',
    expected: { stdout: 'out\n', code: 5 },
  },
  {
    what: 'dies by a signal',
    run: "sh -c 'read -r line; echo $line; kill -SEGV $$'",
    input: 'last words\n',
    expected: { stdout: 'last words\n', code: 139 },
  },
  {
    what: 'passes on every byte',
    run: 'cat',
    input: Uint8Array.from({ length: 70_000 }, (_, index) => index % 256),
    expected: { stdout: Array.from({ length: 70_000 }, (_, index) => String.fromCharCode(index % 256)).join('') },
  },
  { what: 'has its answer at the end of its input', run: 'wc -c', input: 'abc', expected: { stdout: '3\n' } },
  { what: 'gets nothing but the end', run: 'cat', expected: { stdout: '' } },
  {
    what: 'keeps standard error apart and has an exit code',
    run: "sh -c 'echo one; echo two >&2; cat; cat /dev/stdin; echo three >/dev/stderr; exit 42'",
    input: 'in\n',
    expected: { stdout: 'one\nin\n', stderr: 'two\nthree\n', code: 42 },
  },
  {
    what: 'leaves somebody behind who holds its output',
    run: "sh -c 'sleep 7777 & echo gone'",
    expected: { stdout: 'gone\n' },
  },
];

/** Kills the replica that serves the program that runs, and starts it again. */
async function killAttached(group: LiveGroup): Promise<void> {
  const attached = await group.attachedHost();
  await attached.killAll();
  attached.start();
  await group.untilMembersAre(...group.names);
}

/** Lets the replicas run these programs by the adapter stdio, each at an endpoint of its name. */
function runs(programs: Readonly<Record<string, string>>): (document: GroupDocument) => void {
  return (document) => {
    document.endpoints = Object.fromEntries(
      Object.entries(programs).map(([name, run]) => [name, { adapter: 'stdio', service: { run } }]),
    );
  };
}

function cataloguePrograms(): Readonly<Record<string, string>> {
  const answers = `sh -c 'while read -r line; do echo "answer $line"; done'`;
  const programs = catalogue.map(({ run }, index) => [`program-${index}`, run] as const);
  return { bystander: answers, deaf: 'sleep 7777', ...Object.fromEntries(programs) };
}

async function viewOf(group: LiveGroup): Promise<number | undefined> {
  return (await group.status())[0]?.view;
}

/** Until every replica has this many virtual connections. */
async function untilConnections(group: LiveGroup, count: number): Promise<void> {
  await group.untilEveryMember(`has ${count} connections`, ({ connections }) => connections === count);
}
