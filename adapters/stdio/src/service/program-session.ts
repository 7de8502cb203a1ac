import type { ProgramStatus } from '@lockstep/contracts';
import type { Role } from '../messages/hello.js';
import { GatedProgram, type GatedProgramHandler } from '../program/gated-program.js';
import type { OutputStream } from '../program/program.js';
import type { ProgramRunner } from './program-runner.js';

/** What a session tells the connections that it consists of. */
export interface SessionStream {
  onOutput(payload: Uint8Array): void;
  onOutputEnd(): void;
  onTaken(bytes: number): void;
  onInputEnded(): void;
  onExit(status: ProgramStatus): void;
  onIdle(): void;
  onBroken(reason: Error): void;
}

/** Which connection carries what a program puts out. */
const carriers = { stdout: 'main', stderr: 'status' } as const satisfies Record<OutputStream, Role>;
const carried = { main: 'stdout', status: 'stderr' } as const satisfies Record<Role, OutputStream>;

/** One run of a program with its two connections. It begins when both are there. */
export class ProgramSession implements GatedProgramHandler {
  readonly #runner: ProgramRunner;
  readonly #quietMs: number | undefined;
  readonly #onOver: () => void;
  readonly #streams = new Map<Role, SessionStream>();
  readonly #paused = new Set<Role>();
  readonly #gone = new Set<Role>();
  #program: GatedProgram | undefined;
  /** What was sent before the program ran. */
  readonly #early: Uint8Array[] = [];
  #endedEarly = false;

  /** @param onOver called once, when both connections are gone */
  constructor(runner: ProgramRunner, quietMs: number | undefined, onOver: () => void) {
    this.#runner = runner;
    this.#quietMs = quietMs;
    this.#onOver = onOver;
  }

  /** Whether the program is at work on anything that either connection has brought. */
  get busy(): boolean {
    return this.#program?.busy ?? false;
  }

  /** @returns false if there is a connection of this role already */
  join(role: Role, stream: SessionStream): boolean {
    if (this.#streams.has(role)) return false;
    this.#streams.set(role, stream);
    if (this.#streams.size === 2 && this.#gone.size === 0) this.#start();
    return true;
  }

  send(payload: Uint8Array): void {
    if (this.#program === undefined) this.#early.push(payload);
    else this.#program.send(payload);
  }

  endInput(): void {
    if (this.#program === undefined) this.#endedEarly = true;
    else this.#program.endInput();
  }

  pause(role: Role): void {
    this.#paused.add(role);
    this.#program?.pause(carried[role]);
  }

  resume(role: Role): void {
    this.#paused.delete(role);
    this.#program?.resume(carried[role]);
  }

  /** A connection was reset: without it the program is of no use, nor is the other connection. */
  kill(role: Role): void {
    this.#program?.kill();
    const reason = new Error(`the ${role} connection of the program was reset`);
    process.nextTick(() => {
      for (const [other, stream] of this.#streams) if (other !== role) stream.onBroken(reason);
    });
  }

  /** A connection is closed or broken. */
  leave(role: Role): void {
    this.#gone.add(role);
    if (this.#gone.size === this.#streams.size) this.#onOver();
  }

  onStarted(): void {
    // The gate says when the start is over.
  }

  onFailed(cause: unknown): void {
    const reason = this.#runner.failed(this.#runner.command.words[0] ?? '', cause);
    for (const stream of this.#streams.values()) stream.onBroken(reason);
  }

  onOutput(stream: OutputStream, payload: Uint8Array): void {
    this.#streams.get(carriers[stream])?.onOutput(payload);
  }

  onOutputEnd(stream: OutputStream): void {
    this.#streams.get(carriers[stream])?.onOutputEnd();
  }

  onTaken(bytes: number): void {
    this.#streams.get('main')?.onTaken(bytes);
  }

  onInputEnded(): void {
    this.#streams.get('main')?.onInputEnded();
  }

  onExit(status: ProgramStatus): void {
    for (const stream of this.#streams.values()) stream.onExit(status);
  }

  onIdle(): void {
    for (const stream of this.#streams.values()) stream.onIdle();
  }

  #start(): void {
    const program = new GatedProgram(this.#runner.command, this.#quietMs, this);
    this.#program = program;
    for (const role of this.#paused) program.pause(carried[role]);
    for (const payload of this.#early.splice(0)) program.send(payload);
    if (this.#endedEarly) program.endInput();
  }
}
