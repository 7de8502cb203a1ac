import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const run = promisify(execFile);

/** The three standard streams of a program, seen from both ends. */
export interface ProgramPipes {
  readonly stdin: Socket;
  readonly stdout: Socket;
  readonly stderr: Socket;
  /** Descriptors 0, 1 and 2 of the program. */
  readonly programEnds: readonly [stdin: number, stdout: number, stderr: number];
  /** To be called once the program has its descriptors: as long as we hold them too, no stream ends. */
  closeProgramEnds(): void;
  /** What the kernel calls standard input where it shows which files a process has open. */
  readonly stdinName: string;
}

/**
 * Makes pipes for a program. Node itself would give it sockets, and then a program that opens `/dev/stdin` or `/dev/stderr`
 * by name, as scripts do, would fail where it succeeds in a shell.
 *
 * @throws Error when a pipe cannot be made, with the `code` of the system
 */
export async function openProgramPipes(): Promise<ProgramPipes> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-program-'));
  const opened: number[] = [];
  const open = (name: string, flags: number): number => {
    const descriptor = openSync(join(folder, name), flags);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    await run('mkfifo', ['-m', '600', ...['stdin', 'stdout', 'stderr'].map((name) => join(folder, name))]);
    // Whoever opens one end waits for the other, except this first, who opens both.
    const both = open('stdin', O_RDWR);
    const programStdin = open('stdin', O_RDONLY);
    const stdin = open('stdin', O_WRONLY | O_NONBLOCK);
    closeSync(both);
    opened.shift();
    const [stdout, programStdout] = [open('stdout', O_RDONLY | O_NONBLOCK), open('stdout', O_WRONLY)];
    const [stderr, programStderr] = [open('stderr', O_RDONLY | O_NONBLOCK), open('stderr', O_WRONLY)];
    return {
      stdin: new Socket({ fd: stdin, readable: false, writable: true }),
      stdout: new Socket({ fd: stdout, readable: true, writable: false }),
      stderr: new Socket({ fd: stderr, readable: true, writable: false }),
      programEnds: [programStdin, programStdout, programStderr],
      closeProgramEnds: () => [programStdin, programStdout, programStderr].forEach((descriptor) => closeSync(descriptor)),
      stdinName: `${join(folder, 'stdin')} (deleted)`,
    };
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
