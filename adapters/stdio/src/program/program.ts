import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ProgramCommand, ProgramStatus } from '@lockstep/contracts';
import { ByteSink } from '../streams/byte-sink.js';
import { ByteSource } from '../streams/byte-source.js';
import { lookAtActivity, type Activity } from './activity.js';
import { openProgramPipes, type ProgramPipes } from './program-pipes.js';

/** Who is told what a program does. Never from inside a call into the program. */
export interface ProgramHandler {
  /** It runs. */
  onStarted(): void;
  /** It cannot be run; `cause` is what the system says. Nothing follows. */
  onFailed(cause: unknown): void;
  onOutput(stream: OutputStream, payload: Uint8Array): void;
  /** Nothing follows on this stream. */
  onOutputEnd(stream: OutputStream): void;
  /** This much of its input, cumulative, has left this process or is no longer wanted. */
  onTaken(bytes: number): void;
  /** The end of its input has reached it. */
  onInputEnded(): void;
  /** It has ended. Its last output may still follow. */
  onExit(status: ProgramStatus): void;
}

export type OutputStream = 'stdout' | 'stderr';

/** How long after the end of a program its streams must be quiet before they count as ended, if others hold them open. */
const drainMs = 100;

/** A program that is run once, in a process group of its own, with pipes for its standard streams. */
export class Program {
  readonly #handler: ProgramHandler;
  /** Input that came before the program ran. */
  readonly #early: Uint8Array[] = [];
  #process: ChildProcess | undefined;
  #pipes: ProgramPipes | undefined;
  #stdin: ByteSink | undefined;
  #inputEnded = false;
  #killed = false;
  #status: ProgramStatus | undefined;
  readonly #sources: Partial<Record<OutputStream, ByteSource>> = {};
  readonly #paused = { stdout: false, stderr: false };
  readonly #drainTimers: Partial<Record<OutputStream, NodeJS.Timeout>> = {};

  /** Starts the program. */
  constructor(command: ProgramCommand, handler: ProgramHandler) {
    this.#handler = handler;
    this.#start(command).catch((error: unknown) => {
      if (!this.#killed) handler.onFailed(error);
    });
  }

  /** How it ended; undefined while it runs. */
  get status(): ProgramStatus | undefined {
    return this.#status;
  }

  /** Ignored after `endInput`. */
  send(payload: Uint8Array): void {
    if (this.#inputEnded || this.#killed) return;
    if (this.#stdin === undefined) this.#early.push(payload);
    else this.#stdin.send(payload);
  }

  endInput(): void {
    this.#inputEnded = true;
    this.#stdin?.finish();
  }

  pause(stream: OutputStream): void {
    this.#paused[stream] = true;
    this.#sources[stream]?.pause();
    this.#stopDraining(stream);
  }

  resume(stream: OutputStream): void {
    this.#paused[stream] = false;
    this.#sources[stream]?.resume();
    this.#drain(stream);
  }

  /** Kills it and all its descendants that have stayed in its group. Nothing more is told. */
  kill(): void {
    if (this.#killed) return;
    this.#killed = true;
    this.#killGroup();
    this.#stdin?.close();
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#sources[stream]?.close();
      this.#stopDraining(stream);
    }
  }

  /** What it is doing now. */
  look(): Activity {
    const pid = this.#process?.pid;
    if (pid === undefined || this.#pipes === undefined) return 'working';
    return this.#status === undefined ? lookAtActivity(pid, this.#pipes.stdinName) : 'ending';
  }

  async #start({ words, directory, environment }: ProgramCommand): Promise<void> {
    const [program = '', ...parameters] = words;
    const pipes = await openProgramPipes();
    let child: ChildProcess;
    try {
      if (this.#killed) throw new Error('it was given up before it ran');
      child = spawn(program, parameters, {
        cwd: directory,
        env: environment,
        detached: true,
        stdio: [...pipes.programEnds],
      });
      await once(child, 'spawn');
    } catch (error) {
      for (const socket of [pipes.stdin, pipes.stdout, pipes.stderr]) socket.destroy();
      throw error;
    } finally {
      pipes.closeProgramEnds();
    }
    this.#process = child;
    this.#pipes = pipes;
    child.once('exit', (code, signal) => this.#noteExit({ code, signal }));
    this.#attach(pipes);
  }

  #attach(pipes: ProgramPipes): void {
    this.#stdin = new ByteSink(pipes.stdin, true, {
      onTaken: (bytes) => this.#handler.onTaken(bytes),
      onFinished: () => this.#handler.onInputEnded(),
      // A program that has closed its standard input does not want the rest, as `head` in a pipe does not.
      onRefused: () => undefined,
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#sources[stream] = new ByteSource(pipes[stream], {
        onBytes: (payload) => {
          this.#handler.onOutput(stream, payload);
          this.#drain(stream);
        },
        onEnd: () => {
          this.#stopDraining(stream);
          this.#handler.onOutputEnd(stream);
        },
      });
      if (this.#paused[stream]) this.#sources[stream].pause();
    }
    if (this.#killed) {
      this.#killGroup();
      this.#stdin.close();
      for (const source of Object.values(this.#sources)) source.close();
      return;
    }
    this.#handler.onStarted();
    for (const payload of this.#early.splice(0)) this.#stdin.send(payload);
    if (this.#inputEnded) this.#stdin.finish();
  }

  #noteExit(status: ProgramStatus): void {
    this.#status = status;
    if (this.#killed) return;
    this.#handler.onExit(status);
    this.#drain('stdout');
    this.#drain('stderr');
  }

  /** What it has started in the background may hold its streams open for ever. */
  #drain(stream: OutputStream): void {
    if (this.#status === undefined || this.#killed || this.#paused[stream]) return;
    this.#stopDraining(stream);
    this.#drainTimers[stream] = setTimeout(() => {
      // A process that stood still has its timers due before it has read its pipes; reading sets the timer anew.
      const timer = this.#drainTimers[stream];
      setImmediate(() => {
        if (timer === this.#drainTimers[stream] && !this.#paused[stream]) this.#sources[stream]?.cut();
      });
    }, drainMs);
  }

  #stopDraining(stream: OutputStream): void {
    clearTimeout(this.#drainTimers[stream]);
    delete this.#drainTimers[stream];
  }

  #killGroup(): void {
    const pid = this.#process?.pid;
    // Once it has ended its number may be somebody else's.
    if (pid === undefined || this.#status !== undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // There is nobody left in the group.
    }
  }
}
