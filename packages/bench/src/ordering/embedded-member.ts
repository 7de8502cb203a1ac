import type { IncarnationId, Logger, MemberName } from '@lockstep/contracts';
import { Member } from '@lockstep/core/protocol';
import { digestSettings, EmbeddedGroupEngine, EventCounters, LinkServer, MemberLinks } from '@lockstep/core/engine';

const suspectAfterMs = 1000;
/** As configured by default. */
const timing = { suspectAfterMs, heartbeatMs: suspectAfterMs / 5, laggardAfterMs: 10 * suspectAfterMs };
/** Less than the default of 1 GiB, so that a run reaches the state in which old entries are dropped. */
const historyBytesMax = 256 * 1024 * 1024;

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => console.error(message, fields),
  error: (fields, message) => console.error(message, fields),
  child: () => silent,
};

/** A member of a group, with nothing above its engine. */
export interface EmbeddedMember {
  readonly incarnation: IncarnationId;
  readonly engine: EmbeddedGroupEngine;
}

/**
 * Puts the embedded engine together as a service interceptor does, over real links.
 *
 * @param ports the link port of every member on the loopback, by name
 * @param name which of them to be
 * @param tcpOnly as between hosts; otherwise as between processes of one host
 */
export async function createEmbeddedMember(
  ports: Readonly<Record<string, number>>,
  name: string,
  tcpOnly: boolean,
): Promise<EmbeddedMember> {
  const addresses = new Map(
    Object.entries(ports).map(([member, port]) => [member as MemberName, { host: '127.0.0.1', port, tcpOnly }]),
  );
  const members = [...addresses.keys()].map((member) => ({ name: member, witness: false }));
  const settings = { members, timing, fence: false, historyBytesMax };
  const incarnation = `${name}/${process.pid}` as IncarnationId;
  const own = { group: 'bench', identity: incarnation, settings: digestSettings(settings) };
  const counters = new EventCounters();
  const address = addresses.get(name as MemberName)!;
  const server = new LinkServer({ address, own, purpose: `member ${name}`, logger: silent, counters });
  const engine = new EmbeddedGroupEngine({
    member: new Member({ incarnation, witness: false }, settings),
    links: new MemberLinks({ own, addresses, suspectAfterMs, server, logger: silent, counters }),
    bootstrap: false,
    fence: undefined,
    leaveTimeoutMs: 2 * suspectAfterMs,
    now: () => performance.now(),
    logger: silent,
    counters,
  });
  await server.listen();
  return { incarnation, engine };
}
