import type { ProgramCommand } from '@lockstep/contracts';
import { findProgram } from '../program/find-program.js';
import { LeftoverGuard } from '../program/leftover-guard.js';
import { startError } from '../program/start-error.js';

/** What the programs of one endpoint have in common on one replica: their command, and the life of the service they belong to. */
export class ProgramRunner {
  readonly #command: ProgramCommand;
  /** The programs that have to be there. */
  readonly #programs: readonly string[];
  /** Of the present life, once it has run a program. */
  #guard: LeftoverGuard | undefined;
  /** Of lives before; settles when nothing is left of them. */
  #cleared: Promise<void> = Promise.resolve();
  #onLost: (reason: Error) => void = () => undefined;

  constructor(command: ProgramCommand, programs: readonly string[]) {
    this.#command = command;
    this.#programs = programs;
  }

  /** What to run in the present life. */
  get command(): ProgramCommand {
    this.#guard ??= new LeftoverGuard();
    return { ...this.#command, environment: { ...this.#command.environment, ...this.#guard.environment } };
  }

  /**
   * Resolves when nothing of an earlier life is left and all programs can be run.
   *
   * @throws LockstepError `ERR_LOCKSTEP_SERVICE_UNREACHABLE`
   */
  async probe(): Promise<void> {
    await this.#cleared;
    for (const program of this.#programs) await findProgram(program, this.#command);
  }

  onLost(listener: (reason: Error) => void): void {
    this.#onLost = listener;
  }

  /**
   * A program cannot be run: that is a matter of this host, and the other replicas have run it. So this replica cannot go
   * on as it is.
   */
  failed(program: string, cause: unknown): Error {
    const reason = startError(program, cause);
    this.#onLost(reason);
    return reason;
  }

  /** Kills what the programs of this life have left behind. */
  close(): void {
    const guard = this.#guard;
    this.#guard = undefined;
    if (guard !== undefined) this.#cleared = Promise.all([this.#cleared, guard.release()]).then(() => undefined);
  }
}
