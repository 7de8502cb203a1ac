import type { Logger } from '@lockstep/contracts';

/** A line of a log. */
export interface LogRecord {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A logger that only remembers, for a test to look at. */
export class RecordingLogger implements Logger {
  readonly #fields: object;
  /** Everything written, by its children too. */
  readonly records: LogRecord[];

  constructor(fields: object = {}, records: LogRecord[] = []) {
    this.#fields = fields;
    this.records = records;
  }

  debug(fields: object, message: string): void {
    this.#write('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#write('error', fields, message);
  }

  child(fields: object): Logger {
    return new RecordingLogger({ ...this.#fields, ...fields }, this.records);
  }

  #write(level: LogRecord['level'], fields: object, message: string): void {
    this.records.push({ level, fields: { ...this.#fields, ...fields }, message });
  }
}
