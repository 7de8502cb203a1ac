import type { Report } from './member-io.js';

/** Makes a report; `event` is a stable name for counters. */
export function report(level: Report['level'], event: string, fields: Report['fields']): Report {
  return { kind: 'report', level, event, fields };
}
