import { LockstepError, type Logger, type Milliseconds } from '@lockstep/contracts';
import { setTimeout as delay } from 'node:timers/promises';
import type { InterceptorEnd, ServiceInterceptor } from '../interceptors/service-interceptor.js';
import { RestartDelay } from './restart-delay.js';
import type { ServiceExit, ServiceProcess } from './service-process.js';

/** What keeps one replica in the group. */
export interface ReplicaHostParts {
  /** Undefined for a witness. */
  readonly service: ServiceProcess | undefined;
  /** Makes the interceptor of a new incarnation, listening already. */
  readonly makeInterceptor: () => Promise<ServiceInterceptor>;
  /** Whether a service that ended by itself is started again. */
  readonly restart: boolean;
  readonly logger: Logger;
  readonly now: () => Milliseconds;
}

type LifeEnd = InterceptorEnd | { readonly kind: 'stop-requested' };

/**
 * Keeps one replica in the group, incarnation after incarnation. Each begins with a fresh service and nothing in memory, and
 * gets its state from the group; it ends when the service dies, when the group goes on without it, or at the operator's
 * word.
 */
export class ReplicaHost {
  readonly #parts: ReplicaHostParts;
  readonly #restartDelay = new RestartDelay();
  #requestStop!: () => void;
  readonly #stopRequested: Promise<LifeEnd>;
  #stopping = false;

  constructor(parts: ReplicaHostParts) {
    this.#parts = parts;
    this.#stopRequested = new Promise((resolve) => {
      this.#requestStop = () => resolve({ kind: 'stop-requested' });
    });
  }

  /**
   * Starts the service and the first incarnation.
   *
   * @returns settles when the replica has ended, by `stop` or because it cannot go on
   * @throws LockstepError if the service or the link cannot be started
   */
  async start(): Promise<{ done: Promise<void> }> {
    const life = await this.#begin();
    return { done: this.#run(life) };
  }

  /** Leaves the group, then stops the service. `done` settles when that is finished. */
  stop(): void {
    this.#stopping = true;
    this.#requestStop();
  }

  async #run(first: Life): Promise<void> {
    let life: Life | undefined = first;
    try {
      while (life !== undefined) {
        const end: LifeEnd = await Promise.race([life.ended, this.#stopRequested]);
        await this.#finish(life, end);
        life = end.kind === 'stop-requested' || this.#stopping ? undefined : await this.#beginAgain();
      }
    } finally {
      await this.#parts.service?.stop();
    }
  }

  async #begin(): Promise<Life> {
    const { service, makeInterceptor, now } = this.#parts;
    let end!: (end: LifeEnd) => void;
    const ended = new Promise<LifeEnd>((resolve) => (end = resolve));
    await this.#startFreshService();
    const startedAt = now();
    try {
      const interceptor = await makeInterceptor();
      service?.onExit((exit) => {
        this.#parts.logger.warn({ event: 'service-died', ...exit }, describeExit(exit));
        interceptor.serviceDied();
      });
      await interceptor.start(end);
      return { interceptor, ended, startedAt };
    } catch (error) {
      await service?.stop();
      throw error;
    }
  }

  /** A service that has been used cannot be filled by replay; it is stopped, and started anew. */
  async #startFreshService(): Promise<void> {
    const { service, logger } = this.#parts;
    if (service === undefined) return;
    await service.start();
    if (service.fresh) return;
    logger.warn({ event: 'service-not-fresh' }, 'The service has been used before: restart it, so that this replica can join with its state from the group');
    await service.stop();
    await service.start();
  }

  /** Tries until it works or is to stop: a replica that is needed does not give up. */
  async #beginAgain(): Promise<Life | undefined> {
    const { logger, now } = this.#parts;
    for (;;) {
      await Promise.race([delay(this.#restartDelay.nextMs), this.#stopRequested]);
      if (this.#stopping) return undefined;
      const began = now();
      try {
        return await this.#begin();
      } catch (error) {
        if (!(error instanceof LockstepError)) throw error;
        logger.error({ event: 'restart-failed', code: error.code }, error.message);
        this.#restartDelay.noteEnd(now() - began);
      }
    }
  }

  async #finish(life: Life, end: LifeEnd): Promise<void> {
    const { logger, service, restart, now } = this.#parts;
    if (end.kind === 'excluded') logger.warn({ event: 'excluded', reason: end.reason }, 'Outside the group; this replica starts over');
    else await life.interceptor.leave();
    await life.interceptor.stop();
    await service?.stop();
    this.#restartDelay.noteEnd(now() - life.startedAt);
    if (end.kind !== 'service-died' || restart) return;
    throw new LockstepError(
      'ERR_LOCKSTEP_SERVICE_CRASHED',
      'The service ended by itself, and service.restart is false: look into its log, then start this replica again.',
    );
  }
}

/** One incarnation. */
interface Life {
  readonly interceptor: ServiceInterceptor;
  readonly ended: Promise<LifeEnd>;
  readonly startedAt: Milliseconds;
}

function describeExit({ code, signal }: ServiceExit): string {
  const how = signal === null ? (code === null ? '' : ` with exit code ${code}`) : ` by ${signal}`;
  return `The service ended${how}: this replica leaves the group, and joins again with a fresh service`;
}
