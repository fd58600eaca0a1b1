// Answers that are not over: streams, events, downloads. They end with the session that opened them: at once where it is ended or its account put
// out of use, and within a minute where its time is over.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts, OpenSession } from '../accounts/index.ts'
import type { Cancel, Clock } from '../base/index.ts'

const lookMs = 60_000

interface OpenAnswer {
  readonly session: OpenSession
  readonly end: () => void
  readonly request: FastifyRequest
}

export interface OpenAnswers {
  readonly track: (request: FastifyRequest, reply: FastifyReply, session: OpenSession) => void
  readonly count: () => number
  readonly close: () => void
}

export function createOpenAnswers({ accounts, clock }: { readonly accounts: Pick<Accounts, 'onEnded'>; readonly clock: Clock }): OpenAnswers {
  const answers = new Set<OpenAnswer>()
  let cancelLook: Cancel | undefined
  // A timer only while there is something to look after.
  const look = (): void => {
    cancelLook = undefined
    // A signed address opens for some minutes, and what it opened runs on: it has no session whose time could be over.
    for (const { session, end } of answers) if (session.id !== undefined && session.expiresAtMs <= clock.wallMs()) end()
    if (answers.size > 0) cancelLook = clock.after(lookMs, look)
  }
  const stop = accounts.onEnded(({ account, id }) => {
    for (const { session, end, request } of answers) {
      const isMeant = session.account.name === account && (id === undefined || session.id === id)
      // Whoever ends the own session still hears that it is done.
      if (isMeant && !request.endsOwnSession) end()
    }
  })
  return {
    track: (request, reply, session) => {
      const { socket } = request.raw
      const answer: OpenAnswer = { session, request, end: () => void socket.destroy() }
      answers.add(answer)
      const forget = (): void => {
        answers.delete(answer)
        if (answers.size > 0) return
        cancelLook?.()
        cancelLook = undefined
      }
      // After an upgrade the socket is a WebSocket's, and the answer is never over before it.
      if (request.headers.upgrade === undefined) reply.raw.once('close', forget)
      else socket.once('close', forget)
      cancelLook ??= clock.after(lookMs, look)
    },
    count: () => answers.size,
    close: () => {
      stop()
      cancelLook?.()
      cancelLook = undefined
      answers.clear()
    },
  }
}
