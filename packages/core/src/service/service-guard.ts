import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Each line that the guard reads names the process group that it watches; an empty one stands for none. When the pipe
 * ends, whoever held its other end is gone, and the group must go too. The pipe is the only thing that the guard heeds.
 */
const script = `
trap "" HUP INT QUIT TERM
group=
while read -r line; do group=$line; done
[ -z "$group" ] || kill -s KILL -- "-$group"
`;

/**
 * A shell that outlives this process by a moment, only to kill the service if this process is killed. Otherwise the
 * service would live on, keep its address, and hold a state that the group has long left behind.
 */
export class ServiceGuard {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #released = false;

  /** @param onLost the guard has ended before its release: it does not guard any more */
  constructor(onLost: () => void) {
    // A session of its own, so that a signal to our terminal or our process group does not reach it.
    this.#process = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#process.stdin?.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        resolve();
        if (!this.#released) onLost();
        this.#released = true;
      };
      this.#process.once('exit', end);
      this.#process.once('error', end);
    });
  }

  /** The process of the guard itself. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Resolves once the group dies with us, whatever happens next.
   *
   * @throws Error when the guard could not be started, or has ended
   */
  watch(group: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const { stdin } = this.#process;
      if (!stdin) return reject(new Error('the guard of the service could not be started'));
      stdin.write(`${group}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Ends the guard without harm to the group. Resolves when it is gone. */
  async release(): Promise<void> {
    if (!this.#released) {
      this.#released = true;
      this.#process.stdin?.end('\n');
    }
    await this.#ended;
  }
}
