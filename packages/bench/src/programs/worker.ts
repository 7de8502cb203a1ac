import { type ChildProcess, fork } from 'node:child_process';

/** A part of a benchmark in a process of its own, which answers each order with one message and ends with its channel. */
export class Worker<Order extends object, Answer> {
  readonly #child: ChildProcess;
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  /** @param program the compiled program */
  constructor(program: URL, args: readonly string[]) {
    this.#child = fork(program, args);
    this.#child.on('message', (answer) => this.#settle?.resolve(answer as Answer));
    this.#child.once('exit', (code, signal) => {
      this.#settle?.reject(new Error(`${program.pathname} ended with ${signal ?? `code ${code}`} before it answered.`));
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The next message that it sends. One at a time. */
  answer(): Promise<Answer> {
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  ask(order: Order): Promise<Answer> {
    const answer = this.answer();
    this.#child.send(order);
    return answer;
  }

  async stop(): Promise<void> {
    this.#settle = undefined;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }
}
