import type { GroupStatus, MemberStatus, UnreachableMember } from '@lockstep/core';
import { showByteCount } from './byte-count.js';
import { type Column, renderTable } from './text-table.js';

const columns: readonly Column[] = [
  { heading: 'NAME', numeric: false },
  { heading: 'STATE', numeric: false },
  { heading: 'VIEW', numeric: true },
  { heading: 'RANK', numeric: true },
  { heading: 'ORDERED', numeric: true },
  { heading: 'STABLE', numeric: true },
  { heading: 'LAG', numeric: true },
  { heading: 'CONNECTIONS', numeric: true },
  { heading: 'CACHE', numeric: true },
  { heading: 'HISTORY', numeric: true },
  { heading: 'PID', numeric: true },
  { heading: 'SERVICE', numeric: true },
  { heading: 'CLIENTS', numeric: false },
];

const legend = [
  '* the sequencer, which gives the order',
  'LAG: ordered somewhere, not executed here yet',
  'CACHE: output that clients have not acknowledged',
  'CLIENTS: client interceptors; in brackets those attached elsewhere',
];

/** Shows the state of a group to a person: a heading, a line for each configured member, and what the columns mean. */
export function renderStatus({ group, members }: GroupStatus): string {
  const reachable = members.filter((member): member is MemberStatus => member.reachable);
  const orderedMax = Math.max(0, ...reachable.map(({ ordered }) => ordered));
  const view = Math.max(0, ...reachable.map((member) => member.view));
  const heading = `group ${group}: ${view === 0 ? 'no view yet' : `view ${view}`}, ${reachable.length} of ${members.length} answer`;
  const rows = members.map((member) => (member.reachable ? showMember(member, orderedMax) : showUnreachable(member)));
  return `${heading}\n\n${renderTable(columns, rows)}\n${legend.map((line) => `  ${line}\n`).join('')}`;
}

function showMember(member: MemberStatus, orderedMax: number): string[] {
  const { name, state, witness, view, rank, sequencer, ordered, stable, executed, clients } = member;
  return [
    name,
    witness ? `${state} (witness)` : state,
    view === 0 ? '-' : String(view),
    rank === null ? '-' : `${rank}${sequencer ? '*' : ' '}`,
    String(ordered),
    String(stable),
    witness ? '-' : String(Math.max(0, orderedMax - executed)),
    String(member.connections),
    showByteCount(member.cacheBytes),
    showByteCount(member.historyBytes),
    String(member.pid),
    member.servicePid === null ? '-' : String(member.servicePid),
    clients.map(({ id, attached }) => (attached ? id : `(${id})`)).join(' '),
  ];
}

function showUnreachable({ name }: UnreachableMember): string[] {
  return [name, 'unreachable'];
}
