/** A deliberate fault: one piece of the compiled code replaced by another. */
export interface Mutant {
  /** The rule that it breaks. */
  readonly name: string;
  /** In the compiled `@lockstep/core`. */
  readonly file: string;
  /** Must be in the file exactly once, so that a mutant never turns into nothing when the code changes. */
  readonly find: string;
  readonly replace: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'release output before its cause is stable',
    file: 'protocol/connections/output-cache.js',
    find: 'next === undefined || next.cause > stable',
    replace: 'next === undefined',
  },
  {
    name: 'trim the cache when it is sent, not when the order says that it was received',
    file: 'protocol/connections/cached-output.js',
    find: 'this.#inFlightBytes += cost;\n        return piece;',
    replace: 'this.#bytes -= cost;\n        this.#sentPieces -= 1;\n        return this.#pieces.shift();',
  },
  {
    name: 'count a learner for stability',
    file: 'protocol/order/receipts.js',
    find: 'of view.members)\n            if (this.receivedBy(incarnation) >= number)',
    replace: 'of [...view.members, ...view.learners])\n            if (this.receivedBy(incarnation) >= number)',
  },
  {
    name: 'call stable what half of the members have',
    file: 'protocol/membership/quorum.js',
    find: 'Math.floor(view.members.length / 2) + 1',
    replace: 'Math.ceil(view.members.length / 2)',
  },
  {
    name: 'let any half be a quorum',
    file: 'protocol/membership/quorum.js',
    find: 'return present(view.members[0].incarnation);',
    replace: 'return true;',
  },
  {
    name: 'do not wedge at a promise',
    file: 'protocol/membership/acceptor.js',
    find: 'this.#state.wedged = true;',
    replace: '',
  },
  {
    name: 'do not adopt a value that was accepted',
    file: 'protocol/membership/candidate.js',
    find: 'adoptedValue(promises) ?? ',
    replace: '',
  },
  {
    name: 'end the view at the shortest promise',
    file: 'protocol/membership/candidate.js',
    find: 'Math.max(...promises',
    replace: 'Math.min(...promises',
  },
  {
    name: 'forget at a view change which submissions are in the order',
    file: 'protocol/order/sequencer.js',
    find: '?? this.#state.lastSubmissions.get(sender) ?? 0',
    replace: '?? 0',
  },
  {
    name: 'do not submit again after a view change',
    file: 'protocol/order/order-flow.js',
    find: 'for (const run of state.submissions.after(known)) {',
    replace: 'for (const run of []) {',
  },
  {
    name: 'accept a gap between submissions',
    file: 'protocol/order/sequencer.js',
    find: 'if (run.firstSubmission > known + 1) {',
    replace: 'if (false) {',
  },
  {
    name: 'execute on a learner what is not stable',
    file: 'protocol/order/order-flow.js',
    find: "(state.phase === 'member' ? state.log.last : Math.min(state.log.last, state.stable))",
    replace: 'state.log.last',
  },
  {
    name: 'let rank 0 go on alone although there is a fence',
    file: 'protocol/membership/candidate.js',
    find: 'if (!this.#state.settings.fence || !isHalf(view, present))',
    replace: 'if (isQuorum(view, present))',
  },
  {
    name: 'take commands of an older epoch',
    file: 'protocol/connections/connection-table.js',
    find: 'if (record?.epoch === epoch)',
    replace: 'if (record !== undefined)',
  },
  {
    name: 'confirm an attachment before it is stable',
    file: 'protocol/connections/attachments.js',
    find: 'if (next.order > this.#state.stable)',
    replace: 'if (false)',
  },
  {
    name: 'count a part of a batch as a batch',
    file: 'protocol/connections/attachment.js',
    find: 'if (isPart)\n            return;',
    replace: '',
  },
  {
    name: 'resume output where the last attachment stood',
    file: 'protocol/connections/cached-output.js',
    find: 'this.#sent = this.#acknowledged;\n        this.#sentPieces = 0;',
    replace: '',
  },
  {
    name: 'give the next turn to the service at once',
    file: 'executor/executor.js',
    find: 'if (connection !== this.#turn && this.#turn?.isAwaited === true)',
    replace: 'if (false)',
  },
  {
    name: 'acknowledge what the client has not taken',
    file: 'protocol/client/delivered-output.js',
    find: 'return this.isWhole ? this.#received : this.#taken;',
    replace: 'return this.#received;',
  },
  {
    name: 'stop reading a connection in the midst of its turn',
    file: 'executor/service-connection.js',
    find: 'this.#pauseWanted && !this.isAwaited;',
    replace: 'this.#pauseWanted;',
  },
];
