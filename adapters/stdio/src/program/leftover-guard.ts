import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** Marks everything that the programs of one life of the service start, however it detaches itself. */
const markName = 'LOCKSTEP_LIFE';

/**
 * Waits for the end of its input, which comes even if we are killed, and then kills whoever carries the mark. What is
 * started meanwhile carries it as well, so it goes on until nobody is left, for some rounds.
 */
const guardScript = `
read -r _
for _ in 1 2 3 4 5; do
  found=
  for file in $(grep -lszxF "$1" /proc/[0-9]*/environ); do
    process=\${file#/proc/}
    kill -KILL "\${process%/environ}" 2>/dev/null && found=yes
  done
  [ "$found" ] || exit 0
done
`;

/**
 * Ends what the programs of one life of the service leave behind: those that still run, and servers that they have started
 * in the background. Their state belongs to that life, and the next one has to begin without it, even if this process is
 * killed. Needs a Linux /proc.
 */
export class LeftoverGuard {
  readonly #mark = `${markName}=${randomBytes(16).toString('hex')}`;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  constructor() {
    this.#process = spawn('/bin/sh', ['-c', guardScript, 'lockstep-guard', this.#mark], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.once('error', () => resolve());
    });
    // It may have been killed; then there is nobody to tell.
    this.#process.stdin?.on('error', () => undefined);
    this.#process.unref();
  }

  /** What the programs are to have in their environment. */
  get environment(): Readonly<Record<string, string>> {
    return { [markName]: this.#mark.slice(markName.length + 1) };
  }

  /** Kills what is left. Resolves when nothing is. */
  async release(): Promise<void> {
    this.#process.ref();
    this.#process.stdin?.end();
    await this.#ended;
  }
}
