// Requests answered without a transaction: malformed, not served, too many. RFC 3261 8.2.1, 8.2.2, 8.2.7.
import { bodyLimit, contentLength, headers, isCutShort, type Essentials, type Flaw, type Reading } from '../message/index.ts'
import type { Address, ResponseDraft, SipRequest, TransactionUser } from '../types.ts'
import { retryAfterS } from './admission.ts'
import { completeResponse } from './derive.ts'
import type { Surroundings } from './wire.ts'

export interface Refusals {
  /** What is wrong with a request before any transaction looks at it; `drop` where nothing can be answered, or the request answers a refusal of ours. */
  readonly find: (request: SipRequest, reading: Reading, essentials: Essentials | Flaw, source: Address) => ResponseDraft | 'drop' | undefined
  /** Answers once. A copy of the request gets the same answer, so that nothing need be sent again by ourselves and no ACK is awaited, of an INVITE either. */
  readonly send: (request: SipRequest, branch: string | undefined, source: Address, draft: ResponseDraft) => void
}

export function createRefusals(around: Surroundings, { serves, refusalHeaders = () => [] }: Pick<TransactionUser, 'serves' | 'refusalHeaders'>): Refusals {
  const allow = { name: 'Allow', value: [...new Set([...(serves ?? []), 'ACK', 'CANCEL'])].join(', ') }

  const isServed = (method: string): boolean => serves === undefined || serves.includes(method)

  return {
    find: (request, reading, essentials, source) => {
      const fault = reading.fault ?? ('fault' in essentials ? essentials.fault : undefined) ?? lengthFault(request, source)
      if (request.method === 'ACK') {
        if (fault || 'fault' in essentials) return 'drop'
        return essentials.toTag !== undefined && essentials.toTag === around.tagOf(request, essentials.via.branch, source) ? 'drop' : undefined
      }
      if (fault) return essentials.via ? fault : 'drop'
      if (request.method === 'CANCEL') return undefined
      if (!isServed(request.method)) return { status: 405, headers: [allow] }
      return unknownExtension(request)
    },
    send: (request, branch, source, draft) => {
      const toTag = around.tagOf(request, branch, source)
      const retry = draft.status === 503 ? [{ name: 'Retry-After', value: String(retryAfterS(toTag)) }] : []
      const response = { ...draft, headers: [...(draft.headers ?? []), ...retry, ...refusalHeaders(request.method)] }
      const from = { source, toTag, ...(around.agent !== undefined && { agent: around.agent }) }
      around.guard('a refusal', () => around.emit(completeResponse(request, response, from), source, () => {}))
    },
  }
}

function lengthFault(request: SipRequest, source: Address): ResponseDraft | undefined {
  const claimed = contentLength(request.headers)
  if (typeof claimed === 'number' && claimed > bodyLimit) return { status: 413 }
  return source.transport === 'udp' && isCutShort(request) ? { status: 400, reason: 'Body shorter than Content-Length' } : undefined
}

/** What a request insists on and we have none of: every extension. RFC 3261 8.2.2.3. */
function unknownExtension(request: SipRequest): ResponseDraft | undefined {
  const required = headers(request, 'Require')
  return required.length === 0 ? undefined : { status: 420, headers: [{ name: 'Unsupported', value: required.join(', ') }] }
}
