import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** How long the browser may take to start. */
const startMs = 60_000;

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A browser without a window, with one page, driven over its debugging protocol. */
export class Chromium {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #session: string | undefined;
  #lastId = 0;

  private constructor(child: ChildProcess, folder: string, socket: WebSocket) {
    this.#child = child;
    this.#folder = folder;
    this.#socket = socket;
    socket.on('message', (message: Buffer) => {
      const answer = JSON.parse(message.toString()) as Answer;
      if (answer.id !== undefined) this.#answers.get(answer.id)?.(answer);
    });
  }

  /** @throws Error if the browser does not start */
  static async open(url: string): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-chromium-'));
    const switches = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
    const child = spawn(
      'chromium',
      [...switches, '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    try {
      const socket = new WebSocket(await debuggingAddress(child));
      await once(socket, 'open');
      const browser = new Chromium(child, folder, socket);
      await browser.#openPage(url);
      return browser;
    } catch (error) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Evaluates an expression in the page.
   *
   * @returns its value, as JSON can carry it
   * @throws Error if the expression does
   */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = (await this.#ask('Runtime.evaluate', { expression, returnByValue: true })) as {
      result: { value?: unknown };
      exceptionDetails?: { exception?: { description?: string } };
    };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? 'it threw');
    return result.value;
  }

  async close(): Promise<void> {
    const exited = this.#child.exitCode === null ? once(this.#child, 'exit') : undefined;
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), startMs);
    this.#session = undefined;
    this.#ask('Browser.close', {}).catch(() => this.#child.kill('SIGKILL'));
    await exited;
    clearTimeout(timer);
    this.#socket.terminate();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async #openPage(url: string): Promise<void> {
    const { targetId } = (await this.#ask('Target.createTarget', { url })) as { targetId: string };
    const { sessionId } = (await this.#ask('Target.attachToTarget', { targetId, flatten: true })) as {
      sessionId: string;
    };
    this.#session = sessionId;
  }

  async #ask(method: string, params: object): Promise<unknown> {
    const id = ++this.#lastId;
    const answered = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#session }));
    const { result, error } = await answered;
    this.#answers.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}

/** What the browser says about itself when it has started. */
function debuggingAddress({ stderr, pid }: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error(`chromium (${pid}) did not start; it said:\n${said.join('\n')}`));
    const timer = setTimeout(fail, startMs);
    createInterface({ input: stderr! })
      .on('line', (line) => {
        said.push(line);
        const address = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(address);
      })
      .on('close', fail);
  });
}
