import type { Logger, ServiceChannel, ServiceFace } from '@lockstep/contracts';
import { ProgramChannel } from './program-channel.js';
import type { ProgramRunner } from './program-runner.js';

/** Runs a program for each connection: plain bytes, for a dialect to cut. */
export class ProgramServiceFace implements ServiceFace {
  readonly #runner: ProgramRunner;
  readonly #quietMs: number | undefined;
  readonly #logger: Logger;

  /** @param quietMs of the gate `consumed`; undefined for none */
  constructor(runner: ProgramRunner, quietMs: number | undefined, logger: Logger) {
    this.#runner = runner;
    this.#quietMs = quietMs;
    this.#logger = logger;
  }

  connect(): ServiceChannel {
    return new ProgramChannel(this.#runner, this.#quietMs, this.#logger);
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
