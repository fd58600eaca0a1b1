// What the user agent knows, as notes of a trace.
import type { CatalogCollected } from '../exchange/catalog.ts'
import type { SipFact } from '../notice/facts.ts'
import type { InviteOutcome } from '../session/invite-outcome.ts'
import type { InviteRequest } from '../session/invite-request.ts'
import type { StoredBinding } from '../access/registrar.ts'
import type { Address } from '../types.ts'
import type { CatalogNote, InviteNote, TraceNote } from './types.ts'

export const addressOf = ({ transport, host, port }: StoredBinding): Address => ({ transport, host, port })

export function catalogNote({ isAnswered, isComplete, isReportedEmpty, items, sumNum, reason, failure }: CatalogCollected): CatalogNote {
  return {
    type: 'catalog',
    outcome: !isAnswered ? 'failed' : isComplete || isReportedEmpty ? 'complete' : 'incomplete',
    items: items.length, sumNum,
    reason: failure?.detail ?? reason,
    ...(failure && { failure: failure.reason }), ...(failure?.sipStatus !== undefined && { sipStatus: failure.sipStatus }), ...(failure?.hop !== undefined && { hop: failure.hop }),
  }
}

export function inviteNote({ channelId, kind = 'play' }: Pick<InviteRequest, 'channelId' | 'kind'>, callId: string, outcome: InviteOutcome): InviteNote {
  const common = { type: 'invite', channelId, kind, callId } as const
  if (outcome.ok) return { ...common, outcome: 'ok', detail: outcome.notes.join('; '), ssrc: outcome.ssrc }
  const { reason, detail, sipStatus, hop } = outcome
  return { ...common, outcome: reason, detail, ...(sipStatus !== undefined && { sipStatus }), ...(hop !== undefined && { hop }) }
}

/** Undefined for facts that say nothing of how the device is reached. A catalog has its note whether it is a fact or not. */
export function noteOfFact(fact: SipFact): TraceNote | undefined {
  switch (fact.type) {
    case 'registered': {
      const { binding } = fact
      return { type: 'registration', decision: 'accepted', source: addressOf(binding), expiresS: Math.round((binding.expiresAtMs - binding.registeredAtMs) / 1000), contact: binding.contact }
    }
    case 'unregistered':
      return undefined
    case 'presence':
      return { type: 'presence', from: fact.from, to: fact.to, reason: fact.reason }
    case 'device-status':
      return fact.clockOffsetMs === undefined ? undefined : { type: 'clock', offsetMs: fact.clockOffsetMs }
    default:
      return undefined
  }
}
