// Which figures of a rule set a measured figure is held against, so that its bound can be shown with where that comes from.
const paths: Readonly<Record<string, readonly string[]>> = {
  response: ['response.slowMs'],
  sharpness: ['sharpness.clearBelowPx', 'sharpness.unclearFromPx'],
  brightness: ['picture.darkMean', 'picture.brightMean'],
  contrast: ['picture.minContrast'],
  cast: ['picture.maxCast', 'picture.castRatio'],
  'cast-shift': ['picture.maxCastShift'],
  noise: ['picture.maxNoise'],
  'stripes-across': ['picture.maxStripes'],
  'stripes-down': ['picture.maxStripes'],
  blockiness: ['picture.maxBlockiness'],
  scene: ['picture.minSceneLikeness'],
  occluded: ['picture.maxOccluded'],
  softer: ['picture.softerByPx', 'picture.baselineHours'],
  'osd-clock': ['picture.minClockChange'],
  watched: ['running.minWindowShare', 'running.windowMs'],
  gaps: ['running.maxGaps', 'running.gapMs'],
  'frame-rate': ['running.fpsShare'],
  'frame-rate-declared': ['running.fpsShare'],
  loss: ['running.maxLossRate'],
  jitter: ['running.maxJitterMs'],
  frozen: ['running.maxFrozenMs'],
  restarts: ['running.maxRestarts'],
  'keyframe-interval': ['running.maxKeyframeMs'],
  'clock-offset': ['clock.maxOffsetS'],
  'osd-time': ['osd.wantsTime'],
  'osd-text': ['osd.wantsText'],
}

export const rulePathsOf = (code: string): readonly string[] => paths[code] ?? []

/** Told as yes and no by the device. */
export const isFlag = (code: string): boolean => code === 'osd-time' || code === 'osd-text'
export const isShare = (code: string, unit: string): boolean => unit === '1' || code === 'loss'

/** At most three decimals, and none of a whole number. */
export const plainNumber = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toFixed(Math.abs(value) >= 100 ? 1 : 3))))
