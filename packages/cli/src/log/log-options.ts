/** How much is logged, the least important first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** What the command line says about logs. */
export interface LogOptions {
  readonly logLevel: (typeof logLevels)[number];
  /** One JSON object on each line, even on a terminal. */
  readonly logJson: boolean;
}
