// One server transaction while it runs: its machine, its user's side, and how little of it is kept once it is answered.
import { runMachine, type Machine } from '../../base/index.ts'
import type { Address, ResponseDraft, ServerTransaction, SipResponse } from '../types.ts'
import { serverInvite, serverInviteStart, type ServerInviteEffect, type ServerInviteEvent, type ServerInviteState } from './server-invite.ts'
import { serverOther, serverOtherStart, type ServerOtherEvent, type ServerOtherState } from './server-other.ts'
import type { Place } from './table.ts'
import { timingOf } from './timing.ts'
import type { Surroundings, Written } from './wire.ts'

/** The user's side. A request that is no INVITE has none once it is answered: its answer, as bytes, is all that a copy of it needs. */
export interface Open {
  readonly transaction: ServerTransaction
  readonly complete: (draft: ResponseDraft) => SipResponse
  /** The answer given last, for the trace. */
  last?: SipResponse
}

export interface Running {
  readonly place: Place
  readonly crowd: 'known' | 'strangers'
  readonly toTag: string
  readonly machine: Machine<ServerInviteState<Written>, ServerInviteEvent<Written>> | Machine<ServerOtherState<Written>, ServerOtherEvent<Written>>
  /** Tells an INVITE's machine of its ACK; true when the machine wanted it, which is after a failure. */
  readonly takeAck: () => boolean
  standing: 'waiting' | 'answered' | 'over'
  /** Something was sent. */
  hasSpoken: boolean
  open: Open | undefined
}

export interface Launch {
  readonly place: Place
  readonly crowd: Running['crowd']
  readonly toTag: string
  readonly method: string
  readonly callId: string
  readonly source: Address
  readonly open: Open
  /** Its machine has come to an end by itself. */
  readonly onFinish: (running: Running) => void
}

/** Makes the machine; `begin` is still to be sent. No closure made here may see the request: they live as long as the answer is kept. */
export function launch(around: Surroundings, { place, crowd, toTag, method, callId, source, open, onFinish }: Launch): Running {
  const timing = timingOf(source.transport, around.t1Ms)
  const failed = (detail: string): void => machine.send({ type: 'transport-error', detail })
  const perform = (effect: ServerInviteEffect<Written>): void => {
    if (effect.type === 'finish') return onFinish(running)
    running.hasSpoken = true
    if (effect.type === 'transmit') return around.transmit(effect.response, running.open?.last, source, failed)
    const trying = running.open?.complete({ status: 100 })
    if (trying) around.emit(trying, source, failed)
  }
  const common = { clock: around.clock, log: around.log, perform, label: { transaction: 'server', method, callId } }
  const invite = method === 'INVITE' ? runMachine<ServerInviteState<Written>, ServerInviteEvent<Written>, ServerInviteEffect<Written>>({ ...common, initial: serverInviteStart, step: serverInvite(timing) }) : undefined
  const machine: Running['machine'] = invite ?? runMachine<ServerOtherState<Written>, ServerOtherEvent<Written>, ServerInviteEffect<Written>>({ ...common, initial: serverOtherStart, step: serverOther(timing) })
  const takeAck = (): boolean => {
    const isAwaited = invite?.state().name === 'completed' || invite?.state().name === 'confirmed'
    if (isAwaited) invite?.send({ type: 'ack' })
    return isAwaited
  }
  const running: Running = { place, crowd, toTag, machine, takeAck, standing: 'waiting', hasSpoken: false, open }
  return running
}
