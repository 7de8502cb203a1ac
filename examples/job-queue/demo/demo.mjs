import { judge } from '../client/detector.mjs';
import { Client } from './client.mjs';
import { Drill } from './drill.mjs';
import { readFinalStates } from './final-state.mjs';
import { Group } from './group.mjs';
import { pronounce } from './verdict.mjs';

/** How long a replica that was killed by hand stays down. */
const DOWN_MS = 3_000;

/** Puts the group, the client and the drill together, and shows them. */
export class Demo {
  #options;
  #configuration;
  #view;
  #group;
  #client;
  #drill;
  #ticker;
  #startedMs = performance.now();
  #abort = new AbortController();
  #byHand = false;
  #leaving = false;

  /**
   * @param {object} options
   * @param {ReturnType<import('./options.mjs').readOptions>} options.options
   * @param {import('./configuration.mjs').Configuration} options.configuration
   * @param {string} options.logFolder
   * @param {import('./plain-view.mjs').PlainView | import('./terminal-view.mjs').TerminalView} options.view
   */
  constructor({ options, configuration, logFolder, view }) {
    this.#options = options;
    this.#configuration = configuration;
    this.#view = view;
    const onUnexpectedExit = (program, how) => this.#lose(program, how);
    this.#group = new Group({ command: options.lockstep, configuration, logFolder, onUnexpectedExit });
    const { rate, connections } = options;
    this.#client = new Client({ port: configuration.clientPort, rate, connections, logFolder, onUnexpectedExit });
    this.#drill = new Drill({ group: this.#group, tell: (text) => this.#tell(text), signal: this.#abort.signal });
  }

  /** Kills replicas under load, says what came of it, and gives true when nothing at all went wrong. */
  async run() {
    this.#group.start();
    this.#ticker = setInterval(() => this.#show(), this.#view.updateMs);
    this.#tell('three replicas and a client interceptor are started');
    await this.#drill.waitForEveryone(this.#configuration.clientPort);
    this.#tell('every replica is a full member; the client begins');
    this.#client.start();
    let complete = true;
    try {
      await this.#drill.waitForReplies(this.#client);
      await this.#drill.run(this.#options.kills);
    } catch (error) {
      if (this.#leaving) throw error;
      // What the client saw until now is worth a verdict all the same, but never a good one.
      complete = false;
      this.#tell(`the drill was broken off: ${error.message}`);
    }
    const good = await this.#judge();
    return good && complete && !this.#abort.signal.aborted;
  }

  /**
   * From now on whoever watches may kill what he likes, and it is started again.
   *
   * @returns {boolean} false when the group is not whole any more, and there is nothing to play with
   */
  playOn() {
    this.#byHand = !this.#abort.signal.aborted;
    return this.#byHand;
  }

  /** Breaks off what is going on, and ends every process in good order. */
  async stop() {
    this.#leaving = true;
    this.#abort.abort(new Error('the demo was ended'));
    clearInterval(this.#ticker);
    this.#client.killNow();
    await this.#group.stop();
  }

  /** For the last moment of this process, when nothing can be waited for any more. */
  killNow() {
    this.#client.killNow();
    this.#group.killNow();
  }

  async #judge() {
    this.#tell('the client waits for its last replies');
    const histories = await this.#client.finish();
    this.#show();
    const { states, silent } = await readFinalStates(this.#configuration.replicas);
    for (const reason of silent) this.#view.say(reason);
    const findings = judge(
      histories,
      states.map((state) => state.jobs),
    );
    const { good, lines } = pronounce(findings, states, this.#kills);
    for (const line of lines) this.#view.say(line);
    return good && silent.length === 0;
  }

  get #kills() {
    return this.#group.hosts.reduce((sum, host) => sum + host.kills, 0);
  }

  #lose(program, how) {
    if (this.#leaving) return;
    const host = this.#group.hosts.find((one) => one.runs(program));
    if (this.#byHand && host) {
      this.#tell(`${program.name} ${how}`);
      setTimeout(() => {
        this.#drill.revive(host).catch((error) => this.#tell(error.message));
      }, DOWN_MS);
      return;
    }
    const log = program.logTail.map((line) => `\n    ${line}`).join('');
    this.#abort.abort(new Error(`${program.name} ${how}, and not by this demo; its log ends with${log}`));
  }

  #tell(text) {
    this.#view.say(text, performance.now() - this.#startedMs);
  }

  #show() {
    this.#view.update({
      elapsedMs: performance.now() - this.#startedMs,
      hosts: this.#group.hosts,
      progress: this.#client.progress,
      rate: this.#client.rate,
      kills: this.#kills,
      advice: this.#byHand ? this.#advice() : [],
    });
  }

  #advice() {
    const victim = this.#group.hosts.find((host) => host.member?.sequencer && host.servicePid !== null);
    const lines = [
      `nc 127.0.0.1 ${this.#configuration.clientPort}`.padEnd(26) + 'then SUBMIT hello, RUN, COUNT, LIST queued',
    ];
    if (victim) {
      const order = `kill -9 ${victim.pid} ${victim.servicePid}`.padEnd(26);
      lines.push(
        `${order}replica ${victim.name}, interceptor and service; it is started again after ${DOWN_MS / 1000} s`,
      );
    }
    return [...lines, 'Ctrl-C'.padEnd(26) + 'ends everything'];
  }
}
