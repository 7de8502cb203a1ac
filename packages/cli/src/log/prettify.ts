import { prettyFactory } from 'pino-pretty';

/** Makes one line of JSON, as pino writes it, readable. A line that is none stays as it is. Without a line end. */
export type Prettify = (line: string) => string;

/** Creates the function; it runs where it is called, without a thread of its own. */
export function createPrettify(colour: boolean): Prettify {
  const prettify = prettyFactory({
    colorize: colour,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,role,replica',
    singleLine: true,
  });
  return (line) => prettify(line).replace(/\n$/, '');
}
