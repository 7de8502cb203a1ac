import type { Logger } from '@lockstep/contracts';
import type { Surroundings } from './surroundings.js';

/** The wish that this process ends: the first time in good order, the second time at once. */
export class StopRequest {
  /** Resolves with the reason when the process is first asked to end. */
  readonly asked: Promise<string>;
  readonly #forget: () => void;

  /** @param exitNow what the second request does, after it was logged; by default the process just ends */
  constructor(surroundings: Surroundings, logger: Logger, exitNow: () => void = () => undefined) {
    const { promise, resolve } = withResolver<string>();
    this.asked = promise;
    let count = 0;
    this.#forget = surroundings.onStopRequest((reason) => {
      count++;
      if (count === 1) return resolve(reason);
      logger.warn({ reason }, 'asked to stop a second time: ending at once');
      exitNow();
      surroundings.exit(1);
    });
  }

  /** Stops listening for requests. */
  forget(): void {
    this.#forget();
  }
}

function withResolver<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolvePromise) => (resolve = resolvePromise));
  return { promise, resolve };
}
