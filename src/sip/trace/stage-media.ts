// Does media come, and can a picture be made of it? GB/T 28181-2022 Annex C, D, G.
import { finding, notesOf, writeSeconds, type Finding, type StageVerdict, type View } from './diagnosis.ts'
import { kindOf, reach } from './networks.ts'
import type { KeptNote, MediaNote } from './types.ts'

const stage = 'media'

type Kept = KeptNote & { readonly note: MediaNote }

export function mediaVerdict(view: View): StageVerdict {
  const done = notesOf(view, 'media').at(-1)
  const invited = notesOf(view, 'invite').at(-1)
  const ended = notesOf(view, 'ended').at(-1)
  if (invited?.note.outcome === 'ok' && invited.seq > (done?.seq ?? -1)) return { stage, state: 'unknown', finding: finding('media.pending', {}, [invited]) }
  // What came once says nothing of now, when a later INVITE was not accepted.
  if (!done || (invited && invited.seq > done.seq)) return { stage, state: 'not-tried', finding: finding('media.not-tried') }
  const failure = failureOf(view, done)
  if (failure) return { stage, state: 'failed', finding: failure }
  if (ended && ended.seq > done.seq) return { stage, state: 'failed', finding: finding('media.lost-midway', { reason: ended.note.reason }, [done, ended]) }
  return { stage, state: 'ok', finding: finding('media.ok', valuesOf(view, done), [done]) }
}

const writeSsrc = (ssrc: number | undefined): string => (ssrc === undefined ? '?' : String(ssrc).padStart(10, '0'))

function valuesOf(view: View, { note }: Kept): Record<string, string | number> {
  const offer = view.messages.findLast(({ kept, sip }) => kept.direction === 'out' && sip.method === 'INVITE' && sip.sdp?.port === note.port)
  const answer = view.messages.findLast(({ sip }) => sip.status === 200 && sip.callId === offer?.sip.callId && sip.sdp !== undefined)
  const own = answer?.sip.sdp?.encodings.find((encoding) => /hik|dahua|uniview|ky/i.test(encoding))
  return {
    port: note.port, address: offer?.sip.sdp?.host ?? '?', device: offer?.kept.remote.host ?? view.case.binding?.address.host ?? '?',
    source: note.firstSource ? `${note.firstSource.host}:${note.firstSource.port}` : '?', arrivals: note.arrivals, bytes: note.bytes, packets: note.rtpPackets, rtcp: note.rtcpPackets,
    type: note.payloadType ?? '?', seen: writeSsrc(note.ssrcSeen), expected: writeSsrc(note.ssrcExpected), codec: note.codec?.toUpperCase() ?? '?',
    loss: (note.lossRate * 100).toFixed(1), first: note.firstPacketMs === undefined ? '?' : writeSeconds(note.firstPacketMs), reason: note.detail, encoding: own ? ` (${own})` : '',
  }
}

function failureOf(view: View, done: Kept): Finding | undefined {
  const { note } = done
  const values = valuesOf(view, done)
  const evidence = [...view.messages.filter(({ sip }) => sip.sdp !== undefined).slice(-2).map(({ kept }) => kept), done]
  const says = (code: Finding['code']): Finding => finding(code, values, evidence)
  const isOtherSsrc = note.ssrcSeen !== undefined && note.ssrcExpected !== undefined && note.ssrcSeen !== note.ssrcExpected
  switch (note.outcome) {
    case 'ok':
      return undefined
    case 'lost-midway':
      return says('media.lost-midway')
    case 'wrong-container':
      return says('media.wrong-container')
    case 'no-keyframe':
      if (isOtherSsrc && note.keyframes === 0 && note.codec === undefined) return says('media.wrong-ssrc')
      return says(note.codec === undefined ? 'media.no-picture' : 'media.no-keyframe')
    case 'no-media':
      if (note.rtcpPackets > 0) return says('media.rtcp-only')
      return says(note.arrivals > 0 ? 'media.not-rtp' : nothingCame(note, String(values['address']), String(values['device'])))
  }
}

/** The address in our own INVITE is looked at first: it is the commonest cause. */
function nothingCame(note: MediaNote, address: string, device: string): Finding['code'] {
  const path = reach(device, address)
  if (path === 'no' && kindOf(address) !== 'private') return 'media.sdp-loopback'
  if (path !== 'yes') return 'media.sdp-private'
  return note.transport === 'tcp-passive' ? 'media.tcp-not-connected' : 'media.nothing-came'
}
