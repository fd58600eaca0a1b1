// Steering a recording from our side: INFO after INFO in one dialog, and what is known of where the playback stands. GB/T 28181-2022 9.8.3, Annex B.
import { ParseError } from '../../base/index.ts'
import { parseMansRtsp, requestOf, writeMansRtsp, type MansRtspResponse, type NptRange, type PlaybackAction } from './mansrtsp.ts'
import type { SipResponse } from '../types.ts'

export type ControlOutcome =
  /** `range`: where the device says that it plays now. */
  | { readonly ok: true; readonly range?: NptRange; readonly hop?: string }
  | {
      readonly ok: false
      /** `not-playing`: no confirmed playback or download; `busy`: too many wait; `forgotten`: the device no longer knows the session. */
      readonly reason: 'not-playing' | 'busy' | 'refused' | 'no-answer' | 'forgotten'
      readonly sipStatus?: number
      readonly rtspStatus?: number
      readonly hop?: string
      readonly detail: string
    }

/** What came of one INFO. */
export type InfoReply = { readonly response: SipResponse; readonly hop: string; readonly detail: string } | { readonly failure: string }

export interface PlaybackControl {
  readonly act: (action: PlaybackAction) => Promise<ControlOutcome>
  /** By the last action that the device took. */
  readonly isPaused: () => boolean
  /** Nothing but pause and resume so far: then media time runs from the start of the range to its end. */
  readonly isStraight: () => boolean
}

/** Ours: a person's clicks that may wait for the one before; each is answered or given up within 32 s. */
const maxWaiting = 8

/** `send` puts one INFO into the dialog, with a CSeq of its own above the last; undefined when there is no confirmed dialog. */
export function createPlaybackControl(send: (body: Buffer) => Promise<InfoReply> | undefined): PlaybackControl {
  let cseq = 0
  let waiting = 0
  let isPaused = false
  let isStraight = true
  let last: Promise<unknown> = Promise.resolve()

  const perform = async (action: PlaybackAction): Promise<ControlOutcome> => {
    const reply = await send(writeMansRtsp(requestOf(action, ++cseq)))
    if (!reply) return { ok: false, reason: 'not-playing', detail: 'no recording is being played in this session' }
    const outcome = outcomeOf(reply)
    if (outcome.ok) {
      isPaused = action.action === 'pause'
      isStraight &&= action.action === 'pause' || action.action === 'resume' || (action.action === 'scale' && action.scale === 1)
    }
    return outcome
  }
  return {
    act: (action) => {
      if (waiting >= maxWaiting) return Promise.resolve({ ok: false, reason: 'busy', detail: `${waiting} actions wait for the device already` })
      waiting++
      // One after the other: over UDP a later INFO may overtake an earlier one.
      const done = last.then(() => perform(action)).finally(() => waiting--)
      last = done.catch(() => {})
      return done
    },
    isPaused: () => isPaused,
    isStraight: () => isStraight,
  }
}

/** Interop: the answer of RTSP is in the body of the 200, or the body is empty (2013 platforms), or it is something else. */
function outcomeOf(reply: InfoReply): ControlOutcome {
  if ('failure' in reply) return { ok: false, reason: 'no-answer', detail: reply.failure }
  const { response, hop, detail } = reply
  if (response.status === 481) return { ok: false, reason: 'forgotten', sipStatus: 481, hop, detail }
  if (response.status >= 300) return { ok: false, reason: 'refused', sipStatus: response.status, hop, detail }
  const answer = response.body.length > 0 ? readable(response.body) : undefined
  if (answer && answer.status >= 300) return { ok: false, reason: 'refused', sipStatus: response.status, rtspStatus: answer.status, hop, detail: `${answer.status} ${answer.reason}` }
  return { ok: true, ...(answer?.range && { range: answer.range }), hop }
}

function readable(body: Buffer): MansRtspResponse | undefined {
  try {
    const read = parseMansRtsp(body)
    return read.type === 'response' ? read : undefined
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
