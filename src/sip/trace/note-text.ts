// A note or a count as one line of plain English: for the comments of a capture and the list of what happened.
import { writeAddress, writeSeconds, writeTime } from './diagnosis.ts'
import type { KeptNote, KeptRun, TraceNote } from './types.ts'

export const writeNote = (record: KeptNote | KeptRun): string => (record.kind === 'run' ? writeRun(record) : textOf(record.note))

function writeRun({ what, count, atUs, lastUs, shortestMs, longestMs, remote }: KeptRun): string {
  const span = `${writeTime(atUs)} to ${writeTime(lastUs)}`
  if (what === 'unkept') return `${count} messages were not kept because they came too fast, ${span}, the last from ${writeAddress(remote)}`
  const gaps = shortestMs === undefined || longestMs === undefined ? '' : `, ${writeSeconds(shortestMs)} to ${writeSeconds(longestMs)} s apart`
  return `${count} keepalives from ${writeAddress(remote)} answered 200, ${span}${gaps}`
}

function textOf(note: TraceNote): string {
  switch (note.type) {
    case 'registration':
      return note.decision === 'accepted' ? `registered from ${writeAddress(note.source)} for ${note.expiresS ?? '?'} s` : `registration from ${writeAddress(note.source)} refused: ${note.reason ?? '?'}`
    case 'presence':
      return note.from === note.to ? `${note.to}: ${note.reason}` : `${note.from} to ${note.to}: ${note.reason}`
    case 'elsewhere':
      return `a ${note.isKeepalive ? 'keepalive' : 'message'} from ${writeAddress(note.source)} refused: it is registered ${note.registeredAt ? `at ${writeAddress(note.registeredAt)}` : 'nowhere'}`
    case 'catalog':
      return `catalog ${note.outcome}: ${note.items} of ${note.sumNum} channels (${note.reason})`
    case 'invite': {
      const by = note.sipStatus === undefined ? '' : ` ${note.sipStatus} by ${note.hop ?? '?'}`
      return `${note.kind ?? 'play'} of ${note.channelId}: ${note.outcome}${by}${note.detail ? ` (${note.detail})` : ''}`
    }
    case 'media': {
      const source = note.firstSource ? ` from ${note.firstSource.host}:${note.firstSource.port}` : ''
      return `media of ${note.channelId} on ${note.transport} port ${note.port}: ${note.outcome}, ${note.rtpPackets} RTP, ${note.rtcpPackets} RTCP, ${note.malformed} neither${source}, container ${note.container}, codec ${note.codec ?? '?'}, ${note.keyframes} keyframes, SSRC ${note.ssrcSeen ?? '?'} (${note.ssrcExpected ?? '?'} agreed), loss ${(note.lossRate * 100).toFixed(2)} %${note.detail ? ` (${note.detail})` : ''}`
    }
    case 'ended':
      return `the stream of ${note.channelId} ended: ${note.reason}`
    case 'clock':
      return `the device's clock is ${(note.offsetMs / 1000).toFixed(1)} s from ours`
    case 'restored':
      return `we started: its registration at ${writeAddress(note.address)} of before holds until ${writeTime(note.expiresAtMs * 1000)}`
  }
}
