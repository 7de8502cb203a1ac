import type { Logger } from '@lockstep/contracts';
import type { GroupStatus } from '@lockstep/core';
import { describeGroup } from './describe-group.js';

const intervalMs = 500;

/** A group that is being formed changes with every process that comes up; only one that takes long is worth a word. */
const formingQuietMs = 5000;

/** Asks a group again and again how it is, and logs what has changed. */
export class GroupWatch {
  readonly #group: string;
  readonly #query: () => Promise<GroupStatus>;
  readonly #logger: Logger;
  readonly #startedAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #formed = false;
  #said = '';

  /** @param query asks all members once; rejects or says that they are unreachable when they are */
  constructor(group: string, query: () => Promise<GroupStatus>, logger: Logger) {
    this.#group = group;
    this.#query = query;
    this.#logger = logger;
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#look(), intervalMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const status = await this.#query();
      if (!this.#stopped) this.#say(status);
    } catch (error) {
      if (!this.#stopped) this.#logger.debug({ err: error }, 'the group could not be asked');
    }
    if (!this.#stopped) this.start();
  }

  #say(status: GroupStatus): void {
    const { text, complete } = describeGroup(status);
    const quiet = !this.#formed && !complete && performance.now() - this.#startedAtMs < formingQuietMs;
    if (text === this.#said || quiet) return;
    this.#said = text;
    if (complete && !this.#formed) {
      this.#formed = true;
      this.#logger.info({}, `group ${this.#group} is formed, ${text}`);
    } else {
      this.#logger.info({}, complete ? `${text}; complete again` : text);
    }
  }
}
