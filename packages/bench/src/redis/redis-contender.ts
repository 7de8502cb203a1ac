import type { Address, Traffic } from '../load/load-order.js';

/** A way to keep values in Redis, as it is installed here. */
export interface RedisContender {
  readonly name: string;
  /** How it is set up. */
  readonly description: string;
  /** Why it cannot be measured here; undefined if it can. */
  readonly obstacle: string | undefined;
  /** What its clients send: one SET for each request. */
  readonly traffic: Traffic;
  /**
   * Starts it, empty, and resolves when it takes values.
   *
   * @param folder an empty folder, for logs
   */
  start(folder: string): Promise<RedisSetup>;
}

/** Running servers. */
export interface RedisSetup {
  /** Where clients connect. */
  readonly clientAddress: Address;
  /** Every server that must hold the same in the end. */
  readonly serverPorts: readonly number[];
  /** Every process that takes part, but for the clients'. */
  pids(): Promise<readonly number[]>;
  stop(): Promise<void>;
}
