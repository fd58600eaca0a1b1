// Requests to us and our answers. RFC 3261 17.2, 8.2.6, 9.2.
import { ParseError } from '../../base/index.ts'
import type { Essentials } from '../message/index.ts'
import type { Address, ResponseDraft, ServerTransaction, SipRequest, TransactionUser } from '../types.ts'
import { mayWait, type Limits } from './admission.ts'
import { completeResponse } from './derive.ts'
import { launch, type Open, type Running } from './running.ts'
import { createServerTable, serverKeys, type ServerKeys } from './table.ts'
import type { Surroundings } from './wire.ts'

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

  const stand = (running: Running, now: Running['standing']): void => {
    const { standing, crowd } = running
    if (standing === 'waiting') waiting[crowd]--
    if (standing === 'answered') answered[crowd].delete(running)
    running.standing = now
    if (now === 'answered') answered[crowd].add(running)
  }
  const finish = (running: Running): void => {
    running.machine.close()
    table.remove(running.place)
    stand(running, 'over')
    running.open = undefined
  }
  const forgetOldest = (): void => {
    if (answered.strangers.size <= limits.answeredStrangers && answered.strangers.size + answered.known.size <= limits.answered) return
    const [oldest] = answered.strangers.size > 0 ? answered.strangers : answered.known
    if (oldest) finish(oldest)
    forgotten++
  }

  const respond = (running: Running, { request, source }: Incoming, draft: ResponseDraft): void => {
    const { open, machine } = running
    if (!open) return
    const response = open.complete(draft)
    if (running.standing === 'waiting' && !running.hasSpoken && isStateless(request.method, draft.status, running.crowd === 'known')) {
      around.emit(response, source, () => {})
      return finish(running)
    }
    const bytes = around.write(response)
    if (!bytes) return machine.send({ type: 'transport-error', detail: 'the answer cannot be written' })
    open.last = response
    machine.send({ type: 'respond', response: { status: draft.status, bytes } })
    if (draft.status < 200 || running.standing !== 'waiting') return
    stand(running, 'answered')
    if (request.method !== 'INVITE') running.open = undefined
    forgetOldest()
  }

  const create = (incoming: Incoming, keys: ServerKeys, toTag: string): Running => {
    const { request, essentials, source, local, isKnown } = incoming
    const agent = around.agent === undefined ? {} : { agent: around.agent }
    const transaction: ServerTransaction = { request, source, local, toTag, respond: (draft) => respond(running, incoming, draft) }
    const open: Open = { transaction, complete: (draft) => completeResponse(request, draft, { source, toTag, ...agent }) }
    const { method } = request
    // Cut from the key, which is kept anyway, and not from the message, which would be kept with it.
    const callId = keys.call.slice(0, essentials.callId.length)
    const running = launch(around, { place: table.place(keys), crowd: isKnown ? 'known' : 'strangers', toTag, method, callId, source, open, onFinish: finish })
    waiting[running.crowd]++
    table.add(running.place, running)
    running.machine.send({ type: 'begin' })
    return running
  }

  /** Hands a request up; an error in the user ends this request only, with an answer. */
  const offer = ({ open }: Running): void => {
    if (!open) return
    const { transaction } = open
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
    const running = create(incoming, keys, invite.toTag)
    const { open } = running
    open?.transaction.respond({ status: 200 })
    if (invite.machine.state().name !== 'proceeding') return undefined
    invite.open?.transaction.respond({ status: 487 })
    if (open) offer({ ...running, open })
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
      for (const running of table.entries()) running.machine.close()
      table.clear()
    },
  }
}
