import type { Refusal, RefusedRequest, RequestBoundary } from '@lockstep/contracts';
import type { LineRules, ReplyRule, RequestRule } from '../rules.js';
import { capturedLength } from './captured-length.js';
import type { ExpectedReplies } from './expected-replies.js';
import { LineCutter } from './line-cutter.js';
import type { RuleIndex } from './rule-index.js';

/** Finds requests, and notes which replies are to come for them. */
export class RequestReader {
  readonly #rules: LineRules;
  readonly #requestRules: RuleIndex<RequestRule>;
  readonly #replyRules: RuleIndex<ReplyRule>;
  readonly #expected: ExpectedReplies;
  readonly #lines: LineCutter;
  /** A line longer than this is too long, wherever its terminator begins. */
  readonly #incompleteBytesMax: number;
  readonly #linesMatter: boolean;
  /** What is still to come of a body and its terminator, in bytes; then the request ends. */
  #bodyBytes = 0;
  #rule: RequestRule | undefined;
  #reply: ReplyRule | undefined;
  #replies: 0 | 1 = 1;

  /**
   * @param requestRules those of `rules`, indexed; so are `replyRules`
   * @param expected where the replies that are to come are noted
   */
  constructor(
    rules: LineRules,
    requestRules: RuleIndex<RequestRule>,
    replyRules: RuleIndex<ReplyRule>,
    expected: ExpectedReplies,
  ) {
    this.#rules = rules;
    this.#requestRules = requestRules;
    this.#replyRules = replyRules;
    this.#expected = expected;
    this.#lines = new LineCutter(rules.terminator, rules.lineBytesMax);
    this.#incompleteBytesMax = rules.lineBytesMax + (rules.terminator?.length ?? 2) - 1;
    this.#linesMatter = rules.requests.length > 0 || rules.replies.length > 0;
  }

  /** The bytes of a line that is not complete: it may still be too long, or refused. */
  get undecided(): number {
    return this.#lines.incompleteBytes;
  }

  read(chunk: Buffer): RequestBoundary[] | RefusedRequest {
    this.#lines.open(chunk);
    const read = this.#read(chunk);
    this.#lines.close();
    return read;
  }

  #read(chunk: Buffer): RequestBoundary[] | RefusedRequest {
    const boundaries: RequestBoundary[] = [];
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#bodyBytes > 0) {
        const read = Math.min(this.#bodyBytes, chunk.length - offset);
        this.#bodyBytes -= read;
        offset += read;
      } else {
        const end = this.#lines.find(offset);
        const refusal = end === -1 ? this.#judgeIncomplete() : this.#judge();
        if (refusal !== undefined) return { refusal, accepted: boundaries.at(-1)?.end ?? 0 };
        if (end === -1) break;
        offset = end;
      }
      if (this.#bodyBytes === 0) boundaries.push(this.#finish(offset));
    }
    return boundaries;
  }

  #judgeIncomplete(): Refusal | undefined {
    return this.#lines.incompleteBytes > this.#incompleteBytesMax ? this.#lineTooLong() : undefined;
  }

  /** Finds out what kind of request the line just found begins. */
  #judge(): Refusal | undefined {
    if (this.#lines.lineBytes > this.#rules.lineBytesMax) return this.#lineTooLong();
    if (!this.#linesMatter) return undefined;
    const line = this.#lines.text ?? '';
    this.#rule = undefined;
    this.#replies = 1;
    for (const rule of this.#requestRules.candidates(line)) {
      const match = rule.request.exec(line);
      if (match === null) continue;
      this.#rule = rule;
      if (rule.refuse !== undefined)
        return { reason: `the rule ${rule.request.source} refuses it`, answer: rule.refuse };
      if (rule.noreply?.test(line)) this.#replies = 0;
      const refusal = rule.body === undefined ? undefined : this.#startBody(match, rule.body);
      if (refusal !== undefined) return refusal;
      break;
    }
    this.#reply = this.#replies === 0 ? undefined : this.#replyRules.find(line);
    return undefined;
  }

  #startBody(match: RegExpExecArray, group: number): Refusal | undefined {
    const length = capturedLength(match, group);
    if (length === undefined) return undefined;
    const { bodyBytesMax, bodyTerminatorBytes } = this.#rules;
    // NaN is refused too: a length that is no number gives no place where the next request starts.
    if (!(length <= bodyBytesMax)) return this.#tooLong('body', bodyBytesMax);
    this.#bodyBytes = length + (bodyTerminatorBytes ?? this.#lines.terminatorBytes);
    return undefined;
  }

  #finish(end: number): RequestBoundary {
    if (this.#replies === 1) this.#expected.push(this.#reply);
    const closing = this.#rule?.closing;
    return closing === undefined ? { end, replies: this.#replies } : { end, replies: this.#replies, closing };
  }

  #lineTooLong(): Refusal {
    return this.#tooLong('line', this.#rules.lineBytesMax);
  }

  #tooLong(part: 'line' | 'body', bytesMax: number): Refusal {
    const answer = this.#rules.refusal.replaceAll('{part}', part).replaceAll('{maximum}', String(bytesMax));
    return { reason: `${part} longer than ${bytesMax} bytes`, answer: Buffer.from(answer) };
  }
}
