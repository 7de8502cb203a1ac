/**
 * Whom to kill, one after the other and from the start again: the replica that the clients are attached to, the
 * sequencer that orders for all, one that is neither. What a replica is, it is at that moment: kills move the roles.
 */
export const ROLES = ['attached', 'sequencer', 'neither', 'sequencer', 'attached', 'neither'];

/**
 * @param {string} role one of ROLES
 * @param {{ isAttached: boolean, member: { sequencer: boolean } }[]} hosts all of them full members
 * @returns {object | undefined} the host in that role, or undefined while nobody is known to be in it
 */
export function chooseVictim(role, hosts) {
  const sequencer = hosts.find((host) => host.member.sequencer);
  const [attached, ...more] = hosts.filter((host) => host.isAttached);
  // There is one client interceptor, so while two say that it is attached to them, one of them is out of date.
  if (!sequencer || !attached || more.length > 0) return undefined;
  if (role === 'sequencer') return sequencer;
  if (role === 'attached') return attached;
  return hosts.find((host) => host !== sequencer && host !== attached);
}

/** @returns {string} what a host is to the group, in words; empty for one that only follows */
export function describeRoles(host) {
  return [host.member?.sequencer && 'sequencer', host.isAttached && 'attached'].filter(Boolean).join(', ');
}
