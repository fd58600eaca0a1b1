// Requests to us and our answers. RFC 3261 17.2, 8.2.6, 9.2.
import { ParseError, runMachine, type Machine } from '../../base/index.ts'
import { header } from '../message/index.ts'
import type { Address, ResponseDraft, ServerTransaction, SipRequest, SipResponse, TransactionUser } from '../types.ts'
import { completeResponse, toTagOf } from './derive.ts'
import { serverInvite, serverInviteStart, type ServerInviteEffect, type ServerInviteEvent, type ServerInviteState } from './server-invite.ts'
import { serverOther, serverOtherStart, type ServerOtherEvent, type ServerOtherState } from './server-other.ts'
import { createServerTable } from './table.ts'
import { timingOf } from './timing.ts'
import { randomHex, type Surroundings } from './wire.ts'

/** Bound on what is remembered at once: 1,500 requests a second over UDP for their 32 s. Beyond it requests are dropped, and come again. */
const transactionLimit = 50_000

interface Running {
  readonly transaction: ServerTransaction
  readonly machine: Machine<ServerInviteState, ServerInviteEvent> | Machine<ServerOtherState, ServerOtherEvent>
  /** Tells an INVITE's machine of its ACK; true when the machine wanted it, which is after a failure. */
  readonly takeAck: () => boolean
  readonly toTag: string
}

export interface Servers {
  /** Takes a request that has passed `checkMessage`. False when it was dropped because too many are running. */
  readonly receive: (request: SipRequest, source: Address, local: Address) => boolean
  readonly size: () => number
  readonly close: () => void
}

export function createServers(around: Surroundings, user: TransactionUser): Servers {
  const table = createServerTable<Running>()

  const create = (request: SipRequest, source: Address, local: Address, toTag: string): Running => {
    const timing = timingOf(source.transport, around.t1Ms)
    const agent = around.agent === undefined ? {} : { agent: around.agent }
    const complete = (draft: ResponseDraft): SipResponse => completeResponse(request, draft, { source, toTag, ...agent })
    const failed = (detail: string): void => machine.send({ type: 'transport-error', detail })
    const perform = (effect: ServerInviteEffect): void => {
      if (effect.type === 'transmit') around.emit(effect.response, source, failed)
      else if (effect.type === 'transmit-trying') around.emit(complete({ status: 100 }), source, failed)
      else {
        machine.close()
        table.remove(request, source)
      }
    }
    const common = { clock: around.clock, log: around.log, perform, label: { transaction: 'server', method: request.method, callId: header(request, 'Call-ID') } }
    const invite = request.method === 'INVITE' ? runMachine({ ...common, initial: serverInviteStart, step: serverInvite(timing) }) : undefined
    const machine = invite ?? runMachine({ ...common, initial: serverOtherStart, step: serverOther(timing) })
    const takeAck = (): boolean => {
      const isAwaited = invite?.state().name === 'completed' || invite?.state().name === 'confirmed'
      if (isAwaited) invite?.send({ type: 'ack' })
      return isAwaited
    }
    const transaction: ServerTransaction = { request, source, local, toTag, respond: (draft) => machine.send({ type: 'respond', response: complete(draft) }) }
    const entry: Running = { transaction, machine, takeAck, toTag }
    table.add(request, source, entry)
    machine.send({ type: 'begin' })
    return entry
  }

  /** Hands a request up; an error in the user ends this request only, with an answer. */
  const offer = ({ transaction }: Running): void => {
    const { request } = transaction
    try {
      user.onRequest(transaction)
    } catch (error) {
      if (error instanceof ParseError) return transaction.respond({ status: 400 })
      around.log.error({ method: request.method, callId: header(request, 'Call-ID'), error }, 'a request could not be handled')
      transaction.respond({ status: 500 })
    }
  }

  /** Answers a CANCEL and the INVITE it ends, then tells the user, whose own answers to both come too late. RFC 3261 9.2. */
  const cancel = (request: SipRequest, source: Address, local: Address): void => {
    const invite = table.findInvite(request, source)
    const entry = create(request, source, local, invite?.toTag ?? newTag())
    entry.transaction.respond({ status: invite ? 200 : 481 })
    if (invite?.machine.state().name !== 'proceeding') return
    invite.transaction.respond({ status: 487 })
    offer(entry)
  }
  const newTag = (): string => randomHex(around.random, 5)

  return {
    receive: (request, source, local) => {
      if (request.method === 'ACK') {
        const isTaken = table.findInvite(request, source)?.takeAck() === true
        if (!isTaken) around.guard('an ACK', () => user.onAck(request, source))
        return true
      }
      const known = table.find(request, source)
      if (known) known.machine.send({ type: 'request' })
      else if (table.size() >= transactionLimit) return false
      else if (request.method === 'CANCEL') cancel(request, source, local)
      else offer(create(request, source, local, toTagOf(request) ?? newTag()))
      return true
    },
    size: table.size,
    close: () => {
      for (const entry of table.entries()) entry.machine.close()
      table.clear()
    },
  }
}
