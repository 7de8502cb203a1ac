import { count } from './verdict.mjs';
import { describeRoles } from './victims.mjs';

/**
 * @typedef {object} Scene everything there is to see at one moment
 * @property {number} elapsedMs
 * @property {import('./host.mjs').Host[]} hosts
 * @property {import('../client/submitter.mjs').Progress | null} progress  of the client, null before it has started
 * @property {number} rate        requests per second, as measured
 * @property {number} kills
 * @property {string[]} advice    what to do by hand, if anything
 */

/** @param {Scene} scene @returns {string[]} the lines that a terminal shows in place */
export function drawPicture(scene) {
  const lines = ['', ...table(scene.hosts), ''];
  if (scene.progress) lines.push(`  ${seconds(scene.elapsedMs)}  ${describeClient(scene)}`);
  if (scene.advice.length > 0) lines.push('', ...scene.advice.map((line) => `  ${line}`));
  return lines;
}

/** @param {Scene} scene @returns {string} the same in one line */
export function drawLine(scene) {
  const hosts = scene.hosts.map((host) => {
    const roles = describeRoles(host);
    return [host.name, stateOf(host), host.member && `#${count(host.member.ordered)}`, roles && `(${roles})`];
  });
  const group = hosts.map((words) => words.filter(Boolean).join(' ')).join('; ');
  return scene.progress ? `${describeClient(scene)}; ${group}` : group;
}

/** @param {number} elapsedMs */
export function seconds(elapsedMs) {
  return `${(elapsedMs / 1000).toFixed(1)} s`.padStart(7);
}

function describeClient({ progress, rate, kills }) {
  return [
    `${count(progress.sent)} requests at ${rate.toFixed(0)}/s`,
    `${count(progress.waiting)} waiting`,
    `longest stall ${Math.ceil(progress.longestStallMs)} ms`,
    `${kills} kills`,
  ].join(', ');
}

function table(hosts) {
  const rows = [['replica', 'state', 'rank', 'order', 'interceptor', 'service', 'role']];
  for (const host of hosts) {
    const { member } = host;
    rows.push([
      host.name,
      stateOf(host),
      `${member?.rank ?? '-'}`,
      member ? count(member.ordered) : '-',
      `${host.pid ?? '-'}`,
      `${(host.pid && host.servicePid) ?? '-'}`,
      describeRoles(host),
    ]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}

function stateOf(host) {
  if (host.pid === null) return 'down';
  return host.member?.state ?? 'starting';
}
