// Section `running`: how long a running-state check looks, and what it proposes to a person. Only a stream that does not come fails.
import type { RunningRules } from '../types.ts'
import { document, ours, type SectionBasis } from './basis.ts'
import { number, record } from './reading.ts'

/**
 * Loss and jitter: GB/T 28181-2022 5.3-5.6 (1e-3, 50 ms), as is 25 pictures a second at points of classes 1 and 2; a twentieth less is allowed,
 * since a look does not begin and end with a picture. The rest is ours: a minute at 8 Mbit/s fits a recording; a second without a picture is seen by
 * whoever watches; a keyframe each 10 s at least, or a viewer who comes waits longer than that; pictures for freezes cost a decoding each.
 */
export const runningDefault: RunningRules = {
  windowMs: 60_000,
  gapMs: 1_000,
  maxGaps: 0,
  minFps: { '1': 25, '2': 25 },
  fpsShare: 0.95,
  maxLossRate: 0.001,
  maxJitterMs: 50,
  maxKeyframeMs: 10_000,
  pictureEveryMs: 10_000,
  maxFrozenMs: 0,
  maxRestarts: 0,
  minWindowShare: 0.9,
}

export const runningBasis: SectionBasis = {
  windowMs: ours('一分钟、8 Mbit/s 的码流仍在一份录制的上限之内', 'a minute at 8 Mbit/s fits a recording'),
  gapMs: ours('一秒没有画面，看的人就会察觉', 'a second without a picture is seen by whoever watches'),
  maxGaps: ours('一分钟内一次也不应有', 'none within a minute'),
  'minFps.1': document('GB/T 28181-2022', '5.3-5.6', '一、二类点位录像与网络码流不低于 25 帧/秒', 'recording and network stream of Class I and II at 25 pictures a second at least'),
  'minFps.2': document('GB/T 28181-2022', '5.3-5.6', '一、二类点位录像与网络码流不低于 25 帧/秒', 'recording and network stream of Class I and II at 25 pictures a second at least'),
  fpsShare: ours('观察的起止不与帧对齐，允许少二十分之一', 'a look does not begin and end with a picture: a twentieth less is allowed'),
  maxLossRate: document('GB/T 28181-2022', '5.3-5.6', '丢包率不大于 1×10⁻³', 'packet loss of at most 1e-3'),
  maxJitterMs: document('GB/T 28181-2022', '5.3-5.6', '时延抖动不大于 50 ms', 'jitter of at most 50 ms'),
  maxKeyframeMs: ours('关键帧更稀，新来的观看者要等得更久', 'a viewer who comes waits for a keyframe that long'),
  pictureEveryMs: ours('判断冻结的画面每张都要解码一次', 'each picture for freezes costs a decoding'),
  maxFrozenMs: ours('一分钟内一次也不应有', 'none within a minute'),
  maxRestarts: ours('一分钟内一次也不应有', 'none within a minute'),
  minWindowShare: ours('少于九成的观察只能说它短了', 'of a look shorter than nine tenths no more can be said than that it was short'),
}

export function running(value: unknown, field: string): RunningRules {
  const fields = record(value, field)
  const minFps = record(fields.minFps, `${field}.minFps`)
  const read = (name: keyof RunningRules, least: number, most: number): number => number(fields[name], `${field}.${name}`, least, most)
  return {
    windowMs: read('windowMs', 1_000, 600_000),
    gapMs: read('gapMs', 40, 60_000),
    maxGaps: read('maxGaps', 0, 10_000),
    minFps: Object.fromEntries(Object.entries(minFps).slice(0, 20).map(([name, fps]) => [name, number(fps, `${field}.minFps.${name}`, 0, 240)])),
    fpsShare: read('fpsShare', 0, 1),
    maxLossRate: read('maxLossRate', 0, 1),
    maxJitterMs: read('maxJitterMs', 0, 60_000),
    maxKeyframeMs: read('maxKeyframeMs', 100, 600_000),
    pictureEveryMs: read('pictureEveryMs', 1_000, 600_000),
    maxFrozenMs: read('maxFrozenMs', 0, 600_000),
    maxRestarts: read('maxRestarts', 0, 10_000),
    minWindowShare: read('minWindowShare', 0, 1),
  }
}
