import type { ServiceChannel, ServiceFace } from '@lockstep/contracts';
import type { ExecOptions } from '../exec/exec-options.js';
import { ExecChannel } from './exec-channel.js';
import type { ProgramRunner } from './program-runner.js';

/** Runs a command line for each connection, and answers with what became of it. */
export class ExecServiceFace implements ServiceFace {
  readonly #runner: ProgramRunner;
  readonly #options: ExecOptions;

  constructor(runner: ProgramRunner, options: ExecOptions) {
    this.#runner = runner;
    this.#options = options;
  }

  connect(): ServiceChannel {
    return new ExecChannel(this.#runner, this.#options);
  }

  probe(): Promise<void> {
    return this.#runner.probe();
  }

  onLost(listener: (reason: Error) => void): void {
    this.#runner.onLost(listener);
  }

  close(): void {
    this.#runner.close();
  }
}
