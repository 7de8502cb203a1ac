import type { Logger } from '@lockstep/contracts';

/** A logger that remembers its sentences, each with its level in front. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = [];
  readonly debug = this.#at('debug');
  readonly info = this.#at('info');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');

  child(): Logger {
    return this;
  }

  #at(level: string) {
    return (_fields: object, message: string): void => void this.lines.push(`${level}: ${message}`);
  }
}
