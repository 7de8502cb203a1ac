import { expect } from 'chai';
import type { IncarnationId, MemberName } from '@lockstep/contracts';
import { Member } from './member.js';
import type { MemberEffect } from './member-io.js';
import type { PeerMessage, Status } from './messages.js';

const [a, b, c] = ['a/1', 'b/1', 'c/1'] as [IncarnationId, IncarnationId, IncarnationId];
const heartbeatMs = 200;
const blank = { kind: 'status', genesis: '', view: 0, received: 0, submissions: 0 } as Status;

function proposedTo(effects: readonly MemberEffect[]): IncarnationId[] {
  return effects.flatMap((effect) => (effect.kind === 'send' && effect.message.kind === 'genesis' ? effect.to : []));
}

/** The first configured member, linked with the two others, of whom it knows nothing yet. */
function firstMember(): (from: IncarnationId, message: PeerMessage, now: number) => readonly MemberEffect[] {
  const member = new Member(
    { incarnation: a, witness: false },
    {
      members: ['a', 'b', 'c'].map((name) => ({ name: name as MemberName, witness: false })),
      timing: { suspectAfterMs: 1000, heartbeatMs, laggardAfterMs: 5000 },
      fence: false,
      historyBytesMax: 1 << 30,
    },
  );
  member.step({ kind: 'start', bootstrap: false }, 0);
  for (const peer of [b, c]) member.step({ kind: 'link-up', peer }, 0);
  return (peer, message, now) => member.step({ kind: 'receive', peer, messages: [message] }, now);
}

describe('the first view', () => {
  it('is proposed when everybody is there, and again to whoever does not answer, with the heartbeat', () => {
    const hears = firstMember();
    expect(proposedTo(hears(b, blank, 0))).to.deep.equal([]);
    expect(proposedTo(hears(c, blank, 0))).to.deep.equal([b, c]);
    hears(b, { kind: 'genesis-answer', genesis: 'a/1#1' }, 1);
    expect(proposedTo(hears(c, blank, heartbeatMs - 1))).to.deep.equal([]);
    expect(proposedTo(hears(b, blank, heartbeatMs))).to.deep.equal([c]);
    expect(proposedTo(hears(c, blank, heartbeatMs + 1))).to.deep.equal([]);
  });

  it('is installed when the last one has answered, whenever that is', () => {
    const hears = firstMember();
    hears(b, blank, 0);
    hears(c, blank, 0);
    hears(b, { kind: 'genesis-answer', genesis: 'a/1#1' }, 1);
    hears(c, blank, heartbeatMs);
    const effects = hears(c, { kind: 'genesis-answer', genesis: 'a/1#1' }, heartbeatMs + 5);
    expect(effects.some(({ kind }) => kind === 'view')).to.equal(true);
  });
});
