import type { Logger } from '@lockstep/contracts';

/** Keeps what is logged, for a test to look at. */
export class RecordingLogger implements Logger {
  readonly lines: { readonly level: string; readonly fields: object; readonly message: string }[] = [];

  debug(fields: object, message: string): void {
    this.lines.push({ level: 'debug', fields, message });
  }

  info(fields: object, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  warn(fields: object, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }

  child(): Logger {
    return this;
  }

  get messages(): string[] {
    return this.lines.map(({ message }) => message);
  }

  /** The number behind the word in the last line that has it: `numberAfter('port')` for `port 4711`. */
  numberAfter(word: string): number | undefined {
    const line = this.messages.findLast((message) => message.startsWith(`${word} `));
    return line === undefined ? undefined : Number(line.slice(word.length + 1));
  }
}
