import { drawLine, seconds } from './picture.mjs';

/** For a file, a pipe or a build server: one line for each event, and one every few seconds. */
export class PlainView {
  /** How often a new line is worth printing. */
  updateMs = 3_000;
  #out;

  /** @param {import('node:stream').Writable} out */
  constructor(out) {
    this.#out = out;
  }

  /** @param {string} text  @param {number} [elapsedMs] when it happened, for events of the drill */
  say(text, elapsedMs) {
    this.#out.write(elapsedMs === undefined ? `${text}\n` : `${seconds(elapsedMs)}  ${text}\n`);
  }

  /** @param {import('./picture.mjs').Scene} scene */
  update(scene) {
    this.say(drawLine(scene), scene.elapsedMs);
  }

  close() {}
}
