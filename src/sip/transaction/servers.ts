// Requests to us and our answers. RFC 3261 17.2, 8.2.6, 9.2.
import { ParseError, runMachine, type Machine } from '../../base/index.ts'
import type { Essentials } from '../message/index.ts'
import type { Address, ResponseDraft, ServerTransaction, SipRequest, SipResponse, TransactionUser } from '../types.ts'
import { mayWait, type Limits } from './admission.ts'
import { completeResponse } from './derive.ts'
import { serverInvite, serverInviteStart, type ServerInviteEffect, type ServerInviteEvent, type ServerInviteState } from './server-invite.ts'
import { serverOther, serverOtherStart, type ServerOtherEvent, type ServerOtherState } from './server-other.ts'
import { createServerTable, serverKeys, type ServerKeys } from './table.ts'
import { timingOf } from './timing.ts'
import type { Surroundings } from './wire.ts'

interface Running {
  readonly transaction: ServerTransaction
  readonly machine: Machine<ServerInviteState, ServerInviteEvent> | Machine<ServerOtherState, ServerOtherEvent>
  /** Tells an INVITE's machine of its ACK; true when the machine wanted it, which is after a failure. */
  readonly takeAck: () => boolean
  readonly toTag: string
  /** Ends it at once, without a word to anyone. */
  readonly forget: () => void
}

/** A request as it came, its essentials read. */
export interface Incoming {
  readonly request: SipRequest
  readonly essentials: Essentials
  readonly source: Address
  readonly local: Address
  /** A registered device is at that address. */
  readonly isKnown: boolean
}

export interface Servers {
  /** Takes a request that has passed `readEssentials`. Gives what it is to be answered with when it gets no transaction: 503 when too much waits, 481 for a CANCEL of nothing. */
  readonly receive: (incoming: Incoming) => ResponseDraft | undefined
  /** The ACK of a refusal that a transaction still sends; false when none awaits it. */
  readonly takeAck: (essentials: Essentials, source: Address) => boolean
  readonly size: () => number
  /** Requests the user has not answered yet. */
  readonly unanswered: () => number
  /** Answered transactions that were forgotten before their time, for want of room. */
  readonly forgotten: () => number
  readonly close: () => void
}

/**
 * Whoever has proven nothing costs no memory: a challenge is stateless, and so is the refusal of a stranger's INVITE that nothing was said of yet (RFC 3261 8.2.7).
 * A copy of the request comes to the user as a new one and gets the same answer, until the sender has heard it; its ACK is known by its tag.
 */
const isStateless = (method: string, status: number, isKnown: boolean): boolean => (method === 'INVITE' ? status >= 300 && !isKnown : status === 401 || status === 407)

export function createServers(around: Surroundings, user: TransactionUser, limits: Limits): Servers {
  const table = createServerTable<Running>()
  const waiting = { known: 0, strangers: 0 }
  const answered = { known: new Set<Running>(), strangers: new Set<Running>() }
  let forgotten = 0

  const create = ({ request, essentials, source, local, isKnown }: Incoming, keys: ServerKeys, toTag: string): Running => {
    const timing = timingOf(source.transport, around.t1Ms)
    const agent = around.agent === undefined ? {} : { agent: around.agent }
    const crowd = isKnown ? 'known' : 'strangers'
    let standing: 'waiting' | 'answered' | 'over' = 'waiting'
    let hasSpoken = false
    const complete = (draft: ResponseDraft): SipResponse => completeResponse(request, draft, { source, toTag, ...agent })
    const failed = (detail: string): void => machine.send({ type: 'transport-error', detail })
    const stand = (now: typeof standing): void => {
      if (standing === 'waiting') waiting[crowd]--
      if (standing === 'answered') answered[crowd].delete(entry)
      standing = now
      if (now === 'answered') answered[crowd].add(entry)
    }
    const finish = (): void => {
      machine.close()
      table.remove(keys)
      stand('over')
    }
    const perform = (effect: ServerInviteEffect): void => {
      if (effect.type === 'finish') return finish()
      hasSpoken = true
      if (effect.type === 'transmit') around.emit(effect.response, source, failed)
      else around.emit(complete({ status: 100 }), source, failed)
    }
    const common = { clock: around.clock, log: around.log, perform, label: { transaction: 'server', method: request.method, callId: essentials.callId } }
    const invite = request.method === 'INVITE' ? runMachine({ ...common, initial: serverInviteStart, step: serverInvite(timing) }) : undefined
    const machine = invite ?? runMachine({ ...common, initial: serverOtherStart, step: serverOther(timing) })
    const takeAck = (): boolean => {
      const isAwaited = invite?.state().name === 'completed' || invite?.state().name === 'confirmed'
      if (isAwaited) invite?.send({ type: 'ack' })
      return isAwaited
    }
    const respond = (draft: ResponseDraft): void => {
      if (standing === 'waiting' && !hasSpoken && isStateless(request.method, draft.status, isKnown)) {
        around.emit(complete(draft), source, failed)
        return finish()
      }
      machine.send({ type: 'respond', response: complete(draft) })
      if (draft.status < 200 || standing !== 'waiting') return
      stand('answered')
      forgetOldest()
    }
    const entry: Running = { transaction: { request, source, local, toTag, respond }, machine, takeAck, toTag, forget: finish }
    waiting[crowd]++
    table.add(keys, entry)
    machine.send({ type: 'begin' })
    return entry
  }

  const forgetOldest = (): void => {
    if (answered.strangers.size <= limits.answeredStrangers && answered.strangers.size + answered.known.size <= limits.answered) return
    const [oldest] = answered.strangers.size > 0 ? answered.strangers : answered.known
    oldest?.forget()
    forgotten++
  }

  /** Hands a request up; an error in the user ends this request only, with an answer. */
  const offer = ({ transaction }: Running): void => {
    const { request } = transaction
    try {
      user.onRequest(transaction)
    } catch (error) {
      if (error instanceof ParseError) return transaction.respond({ status: 400 })
      around.log.error({ method: request.method, source: transaction.source, error }, 'a request could not be handled')
      transaction.respond({ status: 500 })
    }
  }

  /** Answers a CANCEL and the INVITE it ends, then tells the user, whose own answers to both come too late. RFC 3261 9.2. */
  const cancel = (incoming: Incoming, keys: ServerKeys): ResponseDraft | undefined => {
    const invite = table.findInvite(keys)
    if (!invite) return { status: 481 }
    const entry = create(incoming, keys, invite.toTag)
    entry.transaction.respond({ status: 200 })
    if (invite.machine.state().name !== 'proceeding') return undefined
    invite.transaction.respond({ status: 487 })
    offer(entry)
    return undefined
  }

  return {
    receive: (incoming) => {
      const { request, essentials, source, isKnown } = incoming
      const keys = serverKeys(essentials, source)
      if (request.method === 'ACK') {
        around.guard('an ACK', () => user.onAck(request, source))
        return undefined
      }
      const known = table.find(keys)
      if (known) known.machine.send({ type: 'request' })
      else if (request.method === 'CANCEL') return cancel(incoming, keys)
      else if (!mayWait(isKnown, waiting, limits)) return { status: 503 }
      else offer(create(incoming, keys, essentials.toTag ?? around.tagOf(request, essentials.via.branch, source)))
      return undefined
    },
    takeAck: (essentials, source) => table.findInvite(serverKeys(essentials, source))?.takeAck() === true,
    size: table.size,
    unanswered: () => waiting.known + waiting.strangers,
    forgotten: () => forgotten,
    close: () => {
      for (const entry of table.entries()) entry.machine.close()
      table.clear()
    },
  }
}
