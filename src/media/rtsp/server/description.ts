// The description of a stream for players: SDP with one picture and, where there is sound, one sound track. RFC 4566; RFC 2326 C.1; RFC 6184 8.2.1;
// RFC 7798 7.2.1; RFC 3640 4.1.
import type { ParameterSets, VideoCodec } from '../../types.ts'
import { soundPayloadType, type SoundFormat } from './audio-payload.ts'
import { videoClock, videoPayloadType } from './video-payload.ts'

export interface StreamFacts {
  readonly codec: VideoCodec
  readonly parameterSets: ParameterSets
  readonly sound?: SoundFormat
}

/** A track's address behind the stream's own. */
export const trackControl = (index: number): string => `trackID=${index}`

/** `name`: of the session, for people; `id`: tells one description of it from the next. */
export function writeDescription({ codec, parameterSets, sound }: StreamFacts, { name, id, host }: { readonly name: string; readonly id: number; readonly host: string }): Buffer {
  const family = host.includes(':') ? 'IP6' : 'IP4'
  const lines = [
    'v=0',
    `o=- ${id} 1 IN ${family} ${host}`,
    `s=${name}`,
    `c=IN ${family} ${family === 'IP6' ? '::' : '0.0.0.0'}`,
    't=0 0',
    'a=range:npt=now-',
    'a=control:*',
    `m=video 0 RTP/AVP ${videoPayloadType}`,
    `a=rtpmap:${videoPayloadType} ${codec.toUpperCase()}/${videoClock}`,
    `a=fmtp:${videoPayloadType} ${codec === 'h264' ? h264Parameters(parameterSets) : h265Parameters(parameterSets)}`,
    `a=control:${trackControl(0)}`,
    ...(sound ? soundLines(sound) : []),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8')
}

const base64 = (nal: Buffer): string => nal.toString('base64')

/** profile-level-id: the three bytes behind the header of the sequence parameter set. */
const h264Parameters = ({ sps, pps }: ParameterSets): string => `packetization-mode=1;profile-level-id=${sps.toString('hex', 1, 4).toUpperCase()};sprop-parameter-sets=${base64(sps)},${base64(pps)}`

const h265Parameters = ({ vps, sps, pps }: ParameterSets): string => [...(vps ? [`sprop-vps=${base64(vps)}`] : []), `sprop-sps=${base64(sps)}`, `sprop-pps=${base64(pps)}`].join(';')

function soundLines(sound: SoundFormat): readonly string[] {
  const type = soundPayloadType(sound)
  const { codec, sampleRate, channels, config } = sound
  const rest = channels > 1 || codec === 'aac' ? `/${channels}` : ''
  return [
    `m=audio 0 RTP/AVP ${type}`,
    `a=rtpmap:${type} ${codec === 'aac' ? 'MPEG4-GENERIC' : codec.toUpperCase()}/${sampleRate}${rest}`,
    ...(codec === 'aac' ? [`a=fmtp:${type} streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=${config?.toString('hex').toUpperCase() ?? ''}`] : []),
    `a=control:${trackControl(1)}`,
  ]
}
