import { conversationCompliance, pattern } from '@lockstep/testkit';
import { expect } from 'chai';
import { scriptCommand, servePrograms, withoutLoss } from './programs.fixture.js';
import { ExecServiceFace } from './service/exec-service-face.js';
import { ProgramRunner } from './service/program-runner.js';
import { StdioServiceFace } from './service/stdio-service-face.js';
import { StandInHost, type StandInRun } from './stand-in-host.fixture.js';
import { ExecClientFace } from './stand-in/exec-client-face.js';
import { StdioClientFace } from './stand-in/stdio-client-face.js';

const source = 'x'.repeat(150_000);

conversationCompliance('stdio', {
  createClientFace: () => new StandInHost((streams, standIn) => new StdioClientFace(streams, standIn)),
  createServiceFace: (address) => {
    const command = scriptCommand(address);
    return withoutLoss((runner) => new StdioServiceFace(runner, 5), new ProgramRunner(command, command.words));
  },
  serve: servePrograms,
  converse: async (address, seed) => {
    const start = () => StandInHost.start(address);
    const input = pattern(1000 * (1 + (seed % 7)));
    await expectEnd(await fed(start, 'echo\n', input), { stdout: Buffer.from(input).toString('latin1') });
    await expectEnd(await fed(start, 'count\n', input), { stdout: `${input.byteLength}\n` });
    await expectEnd(await fed(start, 'apart\n'), { stdout: 'out\n', stderr: 'err\n', code: 3 });
    if (seed % 2 === 0) await expectEnd(await fed(start, 'source\n'), { stdout: source });
    else await expectEnd(await fed(start, 'die\n'), { signal: 'SIGTERM' });
  },
});

const options = { commands: ['program'], stdinBytesMax: 100_000, outputBytesMax: 200_000 };

conversationCompliance('exec', {
  createClientFace: () => new StandInHost((streams, standIn) => new ExecClientFace(streams, standIn, options)),
  createServiceFace: (address) => {
    const runner = new ProgramRunner({ ...scriptCommand(address), words: [] }, options.commands);
    return withoutLoss(() => new ExecServiceFace(runner, options), runner);
  },
  serve: servePrograms,
  converse: async (address, seed) => {
    const start = (...words: string[]) => StandInHost.start(address, 'program', ...words);
    const input = pattern(10_000 * (1 + (seed % 7)));
    await expectEnd(await fed(() => start('echo'), input), { stdout: Buffer.from(input).toString('latin1') });
    await expectEnd(await fed(() => start('words', 'a b', '', '$c')), { stdout: 'a b||$c|' });
    await expectEnd(await fed(() => start('apart')), { stdout: 'out\n', stderr: 'err\n', code: 3 });
    if (seed % 2 === 0) await expectEnd(await fed(() => start('source')), { stdout: source });
    else await expectEnd(await fed(() => start('die')), { signal: 'SIGTERM' });
  },
});

/** Starts a stand-in and gives it its whole input. */
async function fed(start: () => Promise<StandInRun>, ...input: readonly (string | Uint8Array)[]): Promise<StandInRun> {
  const run = await start();
  for (const piece of input) run.stdin.write(piece);
  run.stdin.end();
  return run;
}

interface ExpectedEnd {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  readonly signal?: string;
}

async function expectEnd(run: StandInRun, expected: ExpectedEnd): Promise<void> {
  const { stdout = '', stderr = '', signal = null } = expected;
  const status = await run.ended();
  expect(status).to.deep.equal({ code: signal === null ? (expected.code ?? 0) : null, signal });
  expect(run.stdout.text === stdout, `${run.stdout.text.length} bytes of output as expected`).to.equal(true);
  expect(run.stderr.text).to.equal(stderr);
}
