import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, readlinkSync, readSync } from 'node:fs';
import { Socket } from 'node:net';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

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

/** Shells make a pipe for a short text that is to be read. This one has three, and holds them until it is told to end. */
const holderScript = 'exec 4<<. 5<<. 6<<.\ntext\n.\ntext\n.\ntext\n.\necho; read -r _';
const heldDescriptors = { stdin: 4, stdout: 5, stderr: 6 } as const;
const heldTextBytes = 5;

/**
 * Makes pipes for a program. Node itself would give it sockets, and then a program that opens `/dev/stdin` or `/dev/stderr`
 * by name, as scripts do, would fail where it succeeds in a shell. So a shell makes the pipes, and we open both ends of what
 * it holds. Needs a Linux /proc.
 *
 * @throws Error when a pipe cannot be made, with the `code` of the system
 */
export async function openProgramPipes(): Promise<ProgramPipes> {
  const holder = spawn('/bin/sh', ['-c', holderScript], { stdio: ['pipe', 'pipe', 'ignore'] });
  const opened: number[] = [];
  const open = (stream: keyof typeof heldDescriptors, flags: number): number => {
    const descriptor = openSync(`/proc/${holder.pid}/fd/${heldDescriptors[stream]}`, flags);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once('error', reject);
      holder.stdout.once('data', () => resolve());
      holder.once('exit', () => reject(new Error('/bin/sh cannot hold three pipes')));
    });
    const programEnds = [open('stdin', O_RDONLY), open('stdout', O_WRONLY), open('stderr', O_WRONLY)] as const;
    const stdin = open('stdin', O_WRONLY | O_NONBLOCK);
    const [stdout, stderr] = [open('stdout', O_RDONLY | O_NONBLOCK), open('stderr', O_RDONLY | O_NONBLOCK)];
    for (const readEnd of [programEnds[0], stdout, stderr]) readSync(readEnd, Buffer.alloc(heldTextBytes));
    return {
      stdin: new Socket({ fd: stdin, readable: false, writable: true }),
      stdout: new Socket({ fd: stdout, readable: true, writable: false }),
      stderr: new Socket({ fd: stderr, readable: true, writable: false }),
      programEnds,
      closeProgramEnds: () => programEnds.forEach((descriptor) => closeSync(descriptor)),
      stdinName: readlinkSync(`/proc/self/fd/${programEnds[0]}`),
    };
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    throw error;
  } finally {
    holder.removeAllListeners();
    holder.on('error', () => undefined).kill('SIGKILL');
  }
}
