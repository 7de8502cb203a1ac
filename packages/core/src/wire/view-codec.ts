import type { IncarnationId, OrderNumber, View, ViewMember, ViewNumber } from '@lockstep/contracts';
import type { ViewChange } from '../protocol/messages.js';
import { identity, integer, list, ordinal } from './checked-fields.js';
import type { lockstep } from './generated/lockstep.js';
import { wireLimits } from './limits.js';

export function encodeView(view: View): lockstep.wire.View.$Properties {
  return { ...view, members: [...view.members], learners: [...view.learners] };
}

export function decodeView(view: lockstep.wire.View.$Properties): View {
  return {
    genesis: identity(view.genesis),
    number: ordinal<ViewNumber>(view.number),
    members: decodeMembers(view.members),
    learners: decodeMembers(view.learners),
    start: integer<OrderNumber>(view.start),
  };
}

export function encodeViewChange(value: ViewChange): lockstep.wire.ViewChange.$Properties {
  return { members: [...value.members], learners: [...value.learners], end: value.end };
}

export function decodeViewChange(value: lockstep.wire.ViewChange.$Properties): ViewChange {
  return {
    members: decodeMembers(value.members),
    learners: decodeMembers(value.learners),
    end: integer<OrderNumber>(value.end),
  };
}

export function decodeMember(member: lockstep.wire.ViewMember.$Properties): ViewMember {
  return { incarnation: identity<IncarnationId>(member.incarnation), witness: member.witness === true };
}

export function decodeIncarnations(incarnations: readonly string[] | null | undefined): IncarnationId[] {
  return list(incarnations, wireLimits.listedMembersMax, identity<IncarnationId>);
}

function decodeMembers(members: readonly lockstep.wire.ViewMember.$Properties[] | null | undefined): ViewMember[] {
  return list(members, wireLimits.listedMembersMax, decodeMember);
}
