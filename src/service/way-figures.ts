// Figures of the ways out of a stream as /metrics names them.
import type { SignalFigures } from '../api/index.ts'
import type { OpenAacEncoders, RtmpServer, Transcodes } from '../media/index.ts'

/** Those that only count up end in `_total`. */
export function wayFigures(transcodes: Pick<Transcodes, 'list'>, sounds: Pick<OpenAacEncoders, 'figures'>, rtmp: Pick<RtmpServer, 'figures'> | undefined): SignalFigures {
  const gauge = (name: string, value: number) => ({ name, isCounter: false, value })
  const versions = transcodes.list()
  const figures = rtmp?.figures()
  return [
    gauge('transcodes', versions.length),
    gauge('transcode_viewers', versions.reduce((sum, { viewers }) => sum + viewers, 0)),
    gauge('transcode_cores', Math.round(versions.reduce((sum, { cpu }) => sum + cpu, 0) * 1000) / 1000),
    gauge('sounds', sounds.figures().streams),
    { name: 'sound_losses_total', isCounter: true, value: sounds.figures().losses },
    ...(figures
      ? [
          gauge('rtmp_up', figures.isUp ? 1 : 0),
          gauge('rtmp_players', figures.players),
          gauge('rtmp_streams', figures.streams),
          { name: 'rtmp_restarts_total', isCounter: true, value: figures.restarts },
        ]
      : []),
  ]
}
