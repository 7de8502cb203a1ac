import type { LineOptions } from './line-options.js';

const word = ' +[^ ]+';
const key = ' {1,9}[^ \\0]{1,250}';
const noreply = ' noreply *$';

/** Numbers that no version of memcached finds too large; what is larger is refused rather than guessed. */
const flags = ' {1,9}(?:\\d{1,9}|[1-3]\\d{9}|4[01]\\d{8}|42[0-8]\\d{7})';
const time = ' {1,9}-?(?:\\d{1,9}|1\\d{9}|20\\d{8}|21[0-3]\\d{7})';
const bytes = ' {1,9}(\\d{1,9})';

const badFormat = 'CLIENT_ERROR bad command line format\r\n';
const failed = 'ERROR|CLIENT_ERROR .*|SERVER_ERROR .*';

/**
 * The text protocol of memcached 1.6 (its doc/protocol.txt, and its parser where that says more).
 *
 * Where a malformed command could make us and the server disagree about where the next one starts, or whether a reply
 * follows, it is refused: over a shared connection, one client would get the replies of another. Refused too are
 * commands that have replies without end (`watch`) or none depending on the data (the quiet mode of the meta commands),
 * that cannot be pipelined (`lru_crawler metadump`), and that stop the server.
 */
export const memcachedPreset: LineOptions = {
  bodyTerminator: '\r\n',
  maxLength: 64 * 1024,
  refusal: 'CLIENT_ERROR {part} too long (maximum {maximum} bytes)\r\n',
  requests: [
    { request: '^gets? [^\\0]*$' },
    {
      request: `^(?:set|add|replace|append|prepend)${key}${flags}${time}${bytes}(?: {1,9}noreply)? {0,9}$`,
      body: 1,
      noreply,
    },
    { request: `^cas${key}${flags}${time}${bytes} {1,9}\\d{1,19}(?: {1,9}noreply)? {0,9}$`, body: 1, noreply },
    // The server takes a NUL for the end of a line, and may drop the connection over any other line that is long.
    { request: '\\0|^ ', refuse: 'ERROR\r\n' },
    { request: '^.{2049}', refuse: 'CLIENT_ERROR line too long\r\n' },
    { request: '^(?:set|add|replace|append|prepend|cas)(?: |$)', refuse: badFormat },
    { request: `^m[sgda]${word} (?:.* )?q`, refuse: 'CLIENT_ERROR quiet mode is not supported here\r\n' },
    { request: `^ms${key}${bytes}(?: .*)?$`, body: 1 },
    { request: '^ms(?: |$)', refuse: badFormat },
    // The server looks at the number of words and the last of them, and then at what they say.
    { request: `^(?:incr|decr|touch|delete)(?:${word}){1,2} +noreply *$`, noreply },
    { request: `^flush_all(?:${word})? +noreply *$`, noreply },
    { request: `^verbosity(?:${word})? +noreply *$`, noreply },
    { request: '^(?:cache_memlimit|extstore|lru|lru_crawler|slabs) .*noreply *$', refuse: badFormat },
    { request: '^(?:watch|shutdown|lru_crawler +m[a-z]*dump)(?: |$)', refuse: 'CLIENT_ERROR not supported here\r\n' },
    { request: '^quit(?: |$)', noreply: '^quit', closing: '' },
  ],
  replies: [
    {
      request: '^(?:gets?|gats?) ',
      until: `^(?:END|${failed})$`,
      body: { line: '^VALUE [^ ]+ \\d+ (\\d+)', length: 1 },
    },
    { request: '^m[gasd] ', body: { line: '^VA (\\d+)', length: 1 } },
    { request: '^stats(?: |$)', until: `^(?:END|RESET|OK|${failed})$` },
  ],
};
