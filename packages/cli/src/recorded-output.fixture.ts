import type { TextOutput } from './surroundings.js';

/** An output that remembers what was written, and lets a test wait for it. */
export class RecordedOutput implements TextOutput {
  text = '';
  readonly #watchers = new Set<() => void>();

  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }

  write(text: string): void {
    this.text += text;
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves with the match once the text has one. It is for the test's own timeout to give up. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    return await new Promise((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.text);
        if (match === null) return;
        this.#watchers.delete(look);
        resolve(match);
      };
      this.#watchers.add(look);
      look();
    });
  }
}
