import { drawPicture, seconds } from './picture.mjs';

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_BELOW = '\x1b[J';

/** For a terminal: what has happened scrolls up; below it, one picture of what is stays in its place. */
export class TerminalView {
  /** How often a new picture is worth drawing. */
  updateMs = 150;
  #out;
  #picture = [];

  /** @param {import('node:tty').WriteStream} out */
  constructor(out) {
    this.#out = out;
    this.#out.write(HIDE_CURSOR);
  }

  /** @param {string} text  @param {number} [elapsedMs] when it happened, for events of the drill */
  say(text, elapsedMs) {
    const line = elapsedMs === undefined ? text : `${seconds(elapsedMs)}  ${text}`;
    this.#out.write(`${this.#erase()}${line}\n${this.#drawn()}`);
  }

  /** @param {import('./picture.mjs').Scene} scene */
  update(scene) {
    const erase = this.#erase();
    // A line that wraps would take two rows, and the picture would no longer know how high it is.
    this.#picture = drawPicture(scene).map((line) => line.slice(0, this.#out.columns - 1));
    this.#out.write(erase + this.#drawn());
  }

  /** Leaves the last picture where it is. */
  close() {
    this.#picture = [];
    this.#out.write(SHOW_CURSOR);
  }

  #erase() {
    return this.#picture.length > 0 ? `\x1b[${this.#picture.length}A\r${CLEAR_BELOW}` : '';
  }

  #drawn() {
    return this.#picture.map((line) => `${line}\n`).join('');
  }
}
