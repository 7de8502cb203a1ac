import type { SpecialReply } from '../replies/expected-replies.js';
import type { Command } from './commands.js';
import { answered, refused, unanswered, type Verdict } from './verdict.js';

/** Says what is to become of each request of one connection, by what those before it have left behind. */
export class RequestJudge {
  readonly #connections: 'dedicated' | 'shared';
  #isInTransaction = false;
  /** What `CLIENT REPLY` has set. */
  #reply: 'on' | 'off' | 'skip-one' = 'on';
  #hasQuit = false;

  constructor(connections: 'dedicated' | 'shared') {
    this.#connections = connections;
  }

  /** A request that is no command at all. */
  judgeEmpty(): Verdict {
    return unanswered;
  }

  /** A command that does nothing unusual. */
  judgePlain(): Verdict {
    if (this.#reply === 'on' && !this.#hasQuit) return answered;
    if (this.#reply === 'skip-one') this.#reply = 'on';
    return unanswered;
  }

  /**
   * @param words the arguments that are wanted, as far as there are; empty texts for those too long to matter
   * @param count of all arguments, without the command itself
   */
  judge(command: Command, words: readonly string[], count: number): Verdict {
    if (command.kind === 'forbidden')
      return refused(`${command.name} is not let through to replicated servers`, 'NOPERM');
    if (this.#hasQuit) return unanswered;
    return this.#connections === 'shared'
      ? this.#judgeShared(command, words)
      : this.#judgeDedicated(command, words, count);
  }

  #judgeShared({ name, kind }: Command, words: readonly string[]): Verdict {
    const [first = ''] = words.map((word) => word.toUpperCase());
    switch (kind) {
      case 'quit':
        this.#hasQuit = true;
        return { isAnswered: true, closing: okay };
      case 'select':
        // All clients that can select a database begin with this one.
        return first === '0' ? answered : needsDedicated(`SELECT of another database than 0`);
      case 'client':
        // What a client calls itself changes nothing for others.
        return first === 'SETINFO' || first === 'SETNAME' ? answered : needsDedicated(`CLIENT ${first}`);
      case 'script':
        return first === 'DEBUG' ? needsDedicated('SCRIPT DEBUG') : answered;
      case 'stream-read':
        return blocks(words) ? needsDedicated(`${name} with BLOCK`) : answered;
      default:
        return needsDedicated(name);
    }
  }

  #judgeDedicated({ name, kind }: Command, words: readonly string[], count: number): Verdict {
    const [first = '', second = ''] = words.map((word) => word.toUpperCase());
    switch (kind) {
      case 'subscribe':
      case 'unsubscribe':
        // Its confirmations would stand in the reply to EXEC, more of them than that announces.
        if (this.#isInTransaction) return refused(`${name} is not let through inside a transaction`);
        // Of a subscribed connection RESP2 takes no command to switch replies on again.
        if (this.#reply === 'off') return refused(`${name} is not let through while replies are off`);
        return this.#reply === 'on' ? confirmed(name, kind, count) : this.judgePlain();
      case 'client':
        return first === 'REPLY' ? this.#judgeClientReply(second, count) : this.judgePlain();
      case 'hello':
        return first === '2' || first === '3'
          ? this.#special({ kind: 'hello', version: first === '2' ? 2 : 3 })
          : this.judgePlain();
      case 'monitor':
        return this.#special({ kind: 'monitor' });
      case 'multi':
        this.#isInTransaction = true;
        return this.judgePlain();
      case 'end-of-multi':
        // With arguments it is an error, and the transaction goes on.
        if (count === 0) this.#isInTransaction = false;
        return this.judgePlain();
      case 'reset':
        return count === 0 ? this.#reset() : this.judgePlain();
      case 'quit':
        return this.#quit();
      case 'blocking':
        return this.#block();
      case 'stream-read':
        return blocks(words) ? this.#block() : this.judgePlain();
      default:
        return this.judgePlain();
    }
  }

  /** What is switched off stays off until it is switched on; what is skipped is the next one only. */
  #judgeClientReply(mode: string, count: number): Verdict {
    if (this.#isInTransaction) return refused('CLIENT REPLY is not let through inside a transaction');
    if (count !== 2 || (mode !== 'ON' && mode !== 'OFF' && mode !== 'SKIP')) return this.judgePlain();
    if (mode === 'ON') this.#reply = 'on';
    else if (mode === 'OFF') this.#reply = 'off';
    else if (this.#reply !== 'off') this.#reply = 'skip-one';
    return mode === 'ON' ? answered : unanswered;
  }

  #reset(): Verdict {
    this.#isInTransaction = false;
    if (this.#reply === 'off') this.#reply = 'on';
    return this.#special({ kind: 'reset' });
  }

  #quit(): Verdict {
    const isAnswered = this.judgePlain().isAnswered;
    this.#hasQuit = true;
    return { isAnswered, closing: isAnswered ? okay : nothing };
  }

  /** Inside a transaction nothing waits. */
  #block(): Verdict {
    const verdict = this.judgePlain();
    return this.#isInTransaction ? verdict : { ...verdict, blocking: true };
  }

  #special(reply: SpecialReply): Verdict {
    const verdict = this.judgePlain();
    return verdict.isAnswered ? { isAnswered: true, reply } : verdict;
  }
}

const okay = Buffer.from('+OK\r\n');
const nothing = Buffer.alloc(0);

function confirmed(name: string, kind: 'subscribe' | 'unsubscribe', count: number): Verdict {
  const everything = kind === 'unsubscribe' && count === 0;
  const reply = { kind: 'confirmations', word: name.toLowerCase(), count: everything ? Infinity : count } as const;
  return { isAnswered: true, reply };
}

function needsDedicated(what: string): Verdict {
  return refused(
    `${what} needs a connection of its own, and all clients of this endpoint share one. ` +
      'Write connections: dedicated for it in the configuration of Lockstep',
  );
}

/** Whether an XREAD waits. What follows STREAMS are names. */
function blocks(words: readonly string[]): boolean {
  const capitals = words.map((word) => word.toUpperCase());
  const end = capitals.indexOf('STREAMS');
  return capitals.slice(0, end === -1 ? undefined : end).includes('BLOCK');
}
