import type { LineOptions } from './line-options.js';

const key = '\\S{1,250}';
const ended = ' *$';
const noreply = ` noreply${ended}`;
const failed = 'ERROR|CLIENT_ERROR .*|SERVER_ERROR .*';

/**
 * The text protocol of memcached (doc/protocol.txt of memcached 1.6).
 *
 * The expressions are as strict as the server: where it finds a command malformed, it answers with one line and takes
 * the body for the next command, and so do we. Two commands are refused: the quiet mode of the meta commands, whose
 * replies come or not depending on the data, and `watch`, whose replies never end.
 */
export const memcachedPreset: LineOptions = {
  bodyTerminator: '\r\n',
  maxLength: 64 * 1024,
  refusal: 'CLIENT_ERROR {part} too long (maximum {maximum} bytes)\r\n',
  requests: [
    { request: '^m[sgda] .* q(?: |$)', refuse: 'CLIENT_ERROR quiet mode is not supported here\r\n' },
    { request: '^watch(?: |$)', refuse: 'CLIENT_ERROR watch is not supported here\r\n' },
    {
      request: `^(?:set|add|replace|append|prepend) +${key} +\\d+ +-?\\d+ +(\\d+)(?: +noreply)?${ended}`,
      body: 1,
      noreply,
    },
    { request: `^cas +${key} +\\d+ +-?\\d+ +(\\d+) +\\d+(?: +noreply)?${ended}`, body: 1, noreply },
    { request: `^ms +${key} +(\\d+)(?: .*)?$`, body: 1 },
    { request: `^(?:incr|decr|touch) +${key} +\\S+ +noreply${ended}`, noreply },
    { request: `^delete +${key}(?: +0)? +noreply${ended}`, noreply },
    { request: `^(?:flush_all|verbosity)(?: +\\d+)? +noreply${ended}`, noreply },
    { request: `^quit${ended}`, noreply: '^quit', closing: '' },
  ],
  replies: [
    {
      request: '^(?:gets?|gats?) ',
      until: `^(?:END|${failed})$`,
      body: { line: '^VALUE \\S+ \\d+ (\\d+)', length: 1 },
    },
    { request: '^mg ', body: { line: '^VA (\\d+)', length: 1 } },
    { request: '^stats(?: |$)', until: `^(?:END|RESET|OK|${failed})$` },
    { request: '^lru_crawler +metadump ', until: '^(?!key=)' },
  ],
};
