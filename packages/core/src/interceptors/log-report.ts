import type { Logger } from '@lockstep/contracts';
import type { Report } from '../protocol/member-io.js';

/** Writes what a pure engine reports. The event's name comes with it, for whoever counts or filters. */
export function logReport(logger: Logger, { level, event, fields }: Report): void {
  logger[level]({ event, ...fields }, event.replaceAll('-', ' '));
}
