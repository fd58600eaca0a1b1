// What a camera asks of us while it plays. RFC 2326 10.1, 10.3, 10.8 to 10.10.
import { header, type RtspRequest, type RtspResponse } from './message.ts'

const answerable = ['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER', 'ANNOUNCE', 'TEARDOWN', 'REDIRECT']
const noBody = Buffer.alloc(0)

/** The answer, and whether the request ends the session. */
export function answerRequest(request: RtspRequest, userAgent: string): readonly [RtspResponse, boolean] {
  const isKnown = answerable.includes(request.method)
  const [status, reason] = isKnown ? [200, 'OK'] : [501, 'Not Implemented']
  const kept = ['CSeq', 'Session'].flatMap((name) => {
    const value = header(request, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const offer = request.method === 'OPTIONS' || !isKnown ? [['Public', answerable.join(', ')] as const] : []
  return [{ kind: 'response', status, reason, headers: [...kept, ['User-Agent', userAgent], ...offer], body: noBody }, request.method === 'TEARDOWN' || request.method === 'REDIRECT']
}
