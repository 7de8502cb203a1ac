/** @typedef {import('../client/detector.mjs').Findings} Findings */

/** How many names are shown of those that something is wrong with. */
const NAMES_SHOWN = 5;

/**
 * @param {Findings} findings what the client's histories show, held against the final states
 * @param {import('./final-state.mjs').FinalState[]} states
 * @param {number} kills        how many replicas were killed
 * @returns {{ good: boolean, lines: string[] }} `good` when nothing at all is wrong; the lines end with the verdict
 */
export function pronounce(findings, states, kills) {
  const agree = states.every((state) => state.digest === states[0].digest);
  const lines = findings.failures.map((failure) => `broken: ${failure}`);
  for (const kind of ['lost', 'doubled', 'reordered', 'refused']) {
    if (findings[kind].length > 0) lines.push(`${kind}: ${name(findings[kind])}`);
  }
  // To have seen nothing is not to have seen nothing wrong.
  if (findings.requests === 0) lines.push('nothing was submitted');
  const good = agree && lines.length === 0;
  if (agree) lines.push(`all ${inWords(states.length)} replicas agree (digest ${shorten(states[0])})`);
  else lines.push(`the replicas DIFFER: ${states.map((state) => `${state.name} has ${shorten(state)}`).join('; ')}`);
  lines.push(`verdict: ${verdictOf(findings, kills)}`);
  return { good, lines };
}

/** @param {Findings} findings */
function verdictOf(findings, kills) {
  const parts = [
    `${count(findings.requests)} requests`,
    `${kills} kills`,
    `${count(findings.lost.length)} lost`,
    `${count(findings.doubled.length)} doubled`,
    `${count(findings.reordered.length)} reordered`,
  ];
  // What hardly ever happens is worth a word only when it has.
  if (findings.refused.length > 0) parts.push(`${count(findings.refused.length)} refused`);
  if (findings.failures.length > 0) parts.push(`${findings.failures.length} connections broken`);
  return [...parts, `longest stall ${Math.ceil(findings.longestStallMs)} ms`].join(', ');
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString('en-US');
}

function name(names) {
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return names.length > NAMES_SHOWN ? `${shown} and ${count(names.length - NAMES_SHOWN)} more` : shown;
}

function shorten({ digest, changes }) {
  return `${digest.slice(0, 12)} after ${count(changes)} changes`;
}

function inWords(number) {
  return ['no', 'one', 'two', 'three'][number] ?? String(number);
}
