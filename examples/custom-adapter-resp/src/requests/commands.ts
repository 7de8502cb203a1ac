/** What kind of command it is; all others are plain: one frame for one request, whoever's connection it comes on. */
export type CommandKind =
  | 'subscribe'
  | 'unsubscribe'
  | 'multi'
  | 'end-of-multi'
  | 'client'
  | 'hello'
  | 'select'
  | 'script'
  | 'stream-read'
  | 'blocking'
  | 'monitor'
  | 'reset'
  | 'quit'
  /** Leaves something behind on its connection. */
  | 'stateful'
  /** Ends the server, or the protocol. */
  | 'forbidden';

/** A command that is not plain. */
export interface Command {
  readonly name: string;
  readonly kind: CommandKind;
  /** How many of its arguments have to be known to say what it does. */
  readonly argumentsWanted: number;
}

const namesByKind: Readonly<Record<CommandKind, string>> = {
  subscribe: 'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE',
  unsubscribe: 'UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE',
  multi: 'MULTI',
  'end-of-multi': 'EXEC DISCARD',
  client: 'CLIENT',
  hello: 'HELLO',
  select: 'SELECT',
  script: 'SCRIPT',
  'stream-read': 'XREAD XREADGROUP',
  blocking: 'BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF',
  monitor: 'MONITOR',
  reset: 'RESET',
  quit: 'QUIT',
  stateful: 'WATCH UNWATCH AUTH ASKING READONLY READWRITE',
  // Redis takes the last two for an attack by way of a browser, and hangs up.
  forbidden: 'SHUTDOWN SYNC PSYNC REPLCONF REPLICAOF SLAVEOF FAILOVER POST HOST:',
};

const argumentsWanted: Partial<Record<CommandKind, number>> = {
  client: 2,
  hello: 1,
  select: 1,
  script: 1,
  'stream-read': Infinity,
};

const commands = new Map<string, Command>(
  Object.entries(namesByKind).flatMap(([key, names]) => {
    const kind = key as CommandKind;
    return names.split(' ').map((name) => [name, { name, kind, argumentsWanted: argumentsWanted[kind] ?? 0 }] as const);
  }),
);

/** No word that matters, name or argument, is longer. */
export const wordBytesMax = Math.max(...[...commands.keys()].map((name) => name.length));

const letterMask = 0x1f;
/** For each length and first letter, whether there is such a name: most commands are told apart by that alone. */
const mayBeCommand = new Uint8Array((wordBytesMax + 1) * (letterMask + 1));
for (const name of commands.keys()) mayBeCommand[slotOf(name.length, name.charCodeAt(0))] = 1;

function slotOf(length: number, firstByte: number): number {
  return length * (letterMask + 1) + (firstByte & letterMask);
}

/**
 * Whether a name may be that of a command that is not plain.
 *
 * @param length in bytes, at least 1
 */
export function isSuspicious(length: number, firstByte: number): boolean {
  return length <= wordBytesMax && mayBeCommand[slotOf(length, firstByte)] === 1;
}

/** The command of this name, in capitals or not; undefined for a plain one. */
export function findCommand(name: string): Command | undefined {
  return commands.get(name.toUpperCase());
}
