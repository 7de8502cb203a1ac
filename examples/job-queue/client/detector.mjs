/**
 * @typedef {object} Findings
 * @property {number} requests        how many were sent
 * @property {string[]} lost          requests without a reply, or whose job is missing in a final state
 * @property {string[]} doubled       requests with two replies, or whose job is twice in a final state
 * @property {string[]} reordered     requests answered out of turn, or executed out of the order they were sent in
 * @property {string[]} refused       requests whose reply was an error
 * @property {string[]} failures      connections that broke, and why
 * @property {number} longestStallMs  the longest that a request waited for its reply
 *
 * @typedef {{ id: number, name: string }} FinalJob
 */

/**
 * Holds what the client's connections saw against the final state of every replica. Nothing in here trusts that
 * reply n answers request n: a reply is taken for the request whose job, in the final state, has the id it tells.
 *
 * @param {import('./submit-connection.mjs').ConnectionHistory[]} histories
 * @param {FinalJob[][]} finalStates  all jobs of each replica, by id; the first is the one that ids are looked up in
 * @returns {Findings} each request's name at most once in each list
 */
export function judge(histories, finalStates) {
  if (finalStates.length === 0) throw new Error('there is no final state to judge by');
  const found = { lost: new Set(), doubled: new Set(), reordered: new Set(), refused: new Set() };
  const nameById = new Map(finalStates[0].map((job) => [job.id, job.name]));
  const longest = histories.map((history) => followReplies(history, nameById, found));
  for (const jobs of finalStates) compareWithState(histories, jobs, found);
  return {
    requests: histories.reduce((sum, history) => sum + history.requests.length, 0),
    lost: [...found.lost],
    doubled: [...found.doubled],
    reordered: [...found.reordered],
    refused: [...found.refused],
    failures: histories
      .filter((history) => history.failure !== null)
      .map((history) => `connection ${history.number}: ${history.failure}`),
    longestStallMs: Math.max(0, ...longest),
  };
}

/** @returns {number} the longest wait on this connection, in milliseconds */
function followReplies({ requests, replies }, nameById, found) {
  const indexByName = new Map(requests.map((request, index) => [request.name, index]));
  const answered = new Set();
  let expected = 0;
  let highestId = 0;
  let longestStallMs = 0;
  for (const { line, atMs } of replies) {
    const id = Number(/^OK ([1-9]\d*)$/.exec(line)?.[1] ?? 0);
    // What the final state cannot tell is taken for the next reply due; a missing job is found by itself.
    const index = nameById.has(id) ? indexByName.get(nameById.get(id)) : expected;
    const request = requests[index];
    if (request === undefined) {
      // A reply to nothing that this connection asked: more replies than requests, or someone else's.
      if (nameById.has(id)) found.reordered.add(nameById.get(id));
      else found.doubled.add(requests.at(-1)?.name ?? line);
      continue;
    }
    if (id === 0) found.refused.add(request.name);
    if (answered.has(index)) found.doubled.add(request.name);
    else if (index < expected || (id !== 0 && id < highestId)) found.reordered.add(request.name);
    answered.add(index);
    expected = Math.max(expected, index + 1);
    highestId = Math.max(highestId, id);
    longestStallMs = Math.max(longestStallMs, atMs - request.sentMs);
  }
  for (const [index, request] of requests.entries()) if (!answered.has(index)) found.lost.add(request.name);
  return longestStallMs;
}

function compareWithState(histories, jobs, found) {
  const times = new Map();
  for (const { name } of jobs) times.set(name, (times.get(name) ?? 0) + 1);
  for (const { requests } of histories) {
    for (const { name } of requests) {
      const present = times.get(name) ?? 0;
      if (present === 0 && !found.refused.has(name)) found.lost.add(name);
      if (present > 1) found.doubled.add(name);
    }
  }
}
