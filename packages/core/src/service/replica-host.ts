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
  #isBetweenLives = false;

  constructor(parts: ReplicaHostParts) {
    this.#parts = parts;
    this.#stopRequested = new Promise((resolve) => {
      this.#requestStop = () => resolve({ kind: 'stop-requested' });
    });
  }

  /**
   * Starts the service and the first incarnation.
   *
   * @param signal gives it up while the service is waited for
   * @returns settles when the replica has ended, by `stop` or because it cannot go on
   * @throws LockstepError if the service or the link cannot be started, or the service was given up
   */
  async start(signal?: AbortSignal): Promise<{ done: Promise<void> }> {
    await this.#startService(signal);
    this.#warnIfUsed();
    const life = await this.#begin();
    return { done: this.#run(life) };
  }

  /** Leaves the group, then stops the service. `done` settles when that is finished. */
  stop(): void {
    this.#stopping = true;
    this.#requestStop();
    // A service that is waited for would be waited for in vain.
    if (this.#isBetweenLives) void this.#parts.service?.stop();
  }

  async #startService(signal: AbortSignal | undefined): Promise<void> {
    const { service } = this.#parts;
    const giveUp = (): void => void service?.stop();
    const started = service?.start();
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted === true) giveUp();
    await started?.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  async #run(first: Life): Promise<void> {
    let life: Life | undefined = first;
    try {
      while (life !== undefined) {
        const end: LifeEnd = await Promise.race([life.ended, this.#stopRequested]);
        await this.#finish(life, end);
        this.#isBetweenLives = true;
        life = end.kind === 'stop-requested' || this.#stopping ? undefined : await this.#beginAgain();
        this.#isBetweenLives = false;
      }
    } finally {
      await this.#parts.service?.stop();
    }
  }

  async #begin(): Promise<Life> {
    const { service, makeInterceptor, now } = this.#parts;
    let end!: (end: LifeEnd) => void;
    const ended = new Promise<LifeEnd>((resolve) => (end = resolve));
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

  /** A used service will do to found a group with, if all replicas' services are in the same state. */
  #warnIfUsed(): void {
    const { service, logger } = this.#parts;
    if (service?.fresh !== false) return;
    logger.warn(
      { event: 'service-used' },
      'The service was running before: its state is taken to be the same as that of the other replicas’ services',
    );
  }

  /** A service that has been used cannot be filled by replay; one that somebody else runs, somebody else has to restart. */
  async #startFreshService(): Promise<void> {
    const { service } = this.#parts;
    await service?.start();
    if (service?.fresh !== false) return;
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
        await this.#startFreshService();
        return await this.#begin();
      } catch (error) {
        if (!(error instanceof LockstepError)) throw error;
        if (this.#stopping) return undefined;
        logger.error({ event: 'restart-failed', code: error.code }, error.message);
        this.#restartDelay.noteEnd(now() - began);
      }
    }
  }

  async #finish(life: Life, end: LifeEnd): Promise<void> {
    const { logger, service, restart, now } = this.#parts;
    if (end.kind === 'excluded')
      logger.warn({ event: 'excluded', reason: end.reason }, 'Outside the group; this replica starts over');
    else if (end.kind === 'service-used') logger.warn({ event: end.kind }, joinNeedsFreshService);
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

const joinNeedsFreshService =
  'The group has gone on without this replica, and its service has been used since: restart the service, so that the group ' +
  'can fill it from the start';

function describeExit({ code, signal }: ServiceExit): string {
  const how = signal === null ? (code === null ? '' : ` with exit code ${code}`) : ` by ${signal}`;
  return `The service ended${how}: this replica leaves the group, and joins again with a fresh service`;
}
