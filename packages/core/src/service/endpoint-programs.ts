import { LockstepError } from '@lockstep/contracts';
import type { ReadyProbe } from './ready-probe.js';
import type { ServiceProcess } from './service-process.js';

/**
 * A service that is nothing but the programs that its endpoints run: their faces start them when a connection needs
 * them, and end them with it, so that each life of the service begins with none.
 */
export class EndpointPrograms implements ServiceProcess {
  readonly pid = null;
  readonly fresh = true;
  readonly #probe: ReadyProbe;

  /** @param probe says whether the programs are there */
  constructor(probe: ReadyProbe) {
    this.#probe = probe;
  }

  async start(): Promise<void> {
    try {
      await this.#probe.probe();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new LockstepError('ERR_LOCKSTEP_SERVICE_START', why, { cause: error });
    }
  }

  /** The faces end what they have started. */
  stop(): Promise<void> {
    return Promise.resolve();
  }

  onExit(): void {
    // The end of a program is the end of its connection; that of a shared one is told by its face.
  }

  /** A program that ends has ended its connection by its own decision. */
  confirmAlive(): Promise<boolean> {
    return Promise.resolve(true);
  }
}
