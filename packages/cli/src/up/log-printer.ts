import { createPrettify } from '../log/prettify.js';
import type { TextOutput } from '../surroundings.js';

/** The colours that tell processes apart: cyan, green, yellow, blue, magenta. */
const colours = [36, 32, 33, 34, 35];

/**
 * Prints the log lines of several processes in one place. They come as JSON, or as text where no
 * logger was at work. With `json` all leave as JSON; otherwise readable, behind the name of the process.
 */
export class LogPrinter {
  readonly #json: boolean;
  readonly #output: TextOutput;
  readonly #prefixes: ReadonlyMap<string, string>;
  readonly #prettify: (line: string) => string;

  /** @param names the processes that will print, in the order of their colours */
  constructor(names: readonly string[], json: boolean, output: TextOutput) {
    this.#json = json;
    this.#output = output;
    const coloured = output.isTTY === true;
    this.#prettify = createPrettify(coloured);
    const width = Math.max(...names.map(({ length }) => length));
    this.#prefixes = new Map(
      names.map((name, index) => {
        const prefix = `${name.padEnd(width)} | `;
        return [name, coloured ? `\u001b[${colours[index % colours.length]}m${prefix}\u001b[0m` : prefix];
      }),
    );
  }

  print(name: string, line: string): void {
    if (this.#json) {
      this.#output.write(`${line.startsWith('{') ? line : wrap(name, line)}\n`);
      return;
    }
    const prefix = this.#prefixes.get(name) ?? `${name} | `;
    for (const part of this.#prettify(line).split('\n')) this.#output.write(`${prefix}${part}\n`);
  }
}

/** Makes a line of the log of a line of text. Level 30 is pino's `info`. */
function wrap(name: string, line: string): string {
  return JSON.stringify({ level: 30, time: Date.now(), process: name, msg: line });
}
