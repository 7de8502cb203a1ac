import type { LineRules, ReplyRule, RequestRule } from '../rules.js';
import { terminatorBytesMax } from '../rules.js';
import type { LineOptions } from './line-options.js';
import { memcachedPreset } from './memcached-preset.js';
import { OptionReader, wrong } from './option-reader.js';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const answerBytesMax = 4 * kibibyte;

const presets: Readonly<Record<string, LineOptions>> = { memcached: memcachedPreset };

const defaults = {
  lineBytesMax: 64 * kibibyte,
  bodyBytesMax: 8 * mebibyte,
  refusal: 'ERR {part} too long (maximum {maximum} bytes)\r\n',
};

/**
 * Checks what stands under `options` in the configuration, and compiles it.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` that names the option and the remedy
 */
export function parseOptions(options: unknown = {}): LineRules {
  const names = ['preset', 'terminator', 'bodyTerminator', 'maxLength', 'maxBody', 'refusal', 'requests', 'replies'];
  const reader = new OptionReader('', options, names);
  const preset = readPreset(reader);
  return {
    terminator: reader.bytes('terminator', 1, terminatorBytesMax) ?? preset?.terminator,
    bodyTerminatorBytes: reader.bytes('bodyTerminator', 0, terminatorBytesMax)?.length ?? preset?.bodyTerminatorBytes,
    lineBytesMax: reader.number('maxLength', 1, mebibyte) ?? preset?.lineBytesMax ?? defaults.lineBytesMax,
    bodyBytesMax: reader.number('maxBody', 0, 1024 * mebibyte) ?? preset?.bodyBytesMax ?? defaults.bodyBytesMax,
    refusal: reader.text('refusal') ?? preset?.refusal ?? defaults.refusal,
    requests: [...reader.list('requests', readRequest), ...(preset?.requests ?? [])],
    replies: [...reader.list('replies', readReply), ...(preset?.replies ?? [])],
  };
}

function readPreset(reader: OptionReader): LineRules | undefined {
  const name = reader.text('preset');
  if (name === undefined) return undefined;
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset !== undefined) return parseOptions(preset);
  throw wrong('preset', 'is unknown', `There are ${Object.keys(presets).join(', ')}.`);
}

function readRequest(path: string, value: unknown): RequestRule {
  const reader = new OptionReader(path, value, ['request', 'body', 'noreply', 'closing', 'refuse']);
  const request = reader.requiredExpression('request');
  return {
    request,
    body: reader.group('body', request),
    noreply: reader.expression('noreply'),
    closing: reader.bytes('closing', 0, answerBytesMax),
    refuse: reader.bytes('refuse', 0, answerBytesMax),
  };
}

function readReply(path: string, value: unknown): ReplyRule {
  const reader = new OptionReader(path, value, ['request', 'until', 'body']);
  const request = reader.requiredExpression('request');
  const until = reader.expression('until');
  const body =
    reader.value('body') === undefined ? undefined : readReplyBody(reader.pathOf('body'), reader.value('body'));
  return { request, until, body };
}

function readReplyBody(path: string, value: unknown): { line: RegExp; length: number } {
  const reader = new OptionReader(path, value, ['line', 'length']);
  const line = reader.requiredExpression('line');
  const length = reader.group('length', line);
  if (length !== undefined) return { line, length };
  throw wrong(reader.pathOf('length'), 'is missing', 'Write the number of the capture group of line that says it.');
}
