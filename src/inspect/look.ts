// A longer look at a stream: what came when, as it comes. A stage: holds figures and the last keyframe, never the stream. Times are microseconds
// since the attempt's first event.
import type { AccessUnit, PipelineFigures, WireEvent } from '../media/index.ts'
import type { RunningFigures, RunningRules, Spell } from './types.ts'

export interface Look {
  readonly unit: (unit: AccessUnit) => void
  /** Media came, whatever it held. */
  readonly arrival: (wire: WireEvent, figures: () => PipelineFigures, source: () => Source | undefined) => void
  /** A keyframe that is to be decoded opens the look. */
  readonly isOpen: () => boolean
  readonly facts: (untilUs: number) => LookFacts
}

export interface Source {
  readonly ssrc: number
  readonly host?: string
  readonly port?: number
}

type OfUnits = 'pictures' | 'damaged' | 'gaps' | 'gapMs' | 'longestGapMs' | 'gapsAt' | 'keyframes' | 'keyframeMs' | 'longestKeyframeMs' | 'restarts' | 'sizes' | 'fps' | 'declaredFps' | 'maxJitterMs'
export interface LookFacts extends Pick<RunningFigures, OfUnits> {
  readonly beganUs: number
  readonly repeated: readonly Spell[]
}

/** Ours: spells that are kept one by one. */
export const maxSpells = 20
const maxSizes = 8
const everyUs = 1_000_000
/** Picture times that leave those of arrival by more are a clock that began anew. */
const jumpTicks = 5 * 90_000
/** Signs of one restart come together. */
const sameRestartUs = 2_000_000
/** NAL units below this hold headers and messages, which may count on while the picture stands. */
const leastSliceBytes = 64

export function createLook({ gapMs: allowedGapMs }: Pick<RunningRules, 'gapMs'>): Look {
  let beganUs: number | undefined
  let lastUs = 0
  let lastPts90k = 0
  const count = { pictures: 0, damaged: 0, gaps: 0, gapMs: 0, keyframes: 0, restarts: 0 }
  let longestGapUs = 0
  let longestKeyframeUs = 0
  let firstKeyframeUs: number | undefined
  let lastKeyframeUs: number | undefined
  let declaredFps: number | undefined
  let maxJitterMs = 0
  let sampledUs = 0
  let restartedUs = -sameRestartUs
  let source: Source | undefined
  let carrier: number | undefined
  let slices: readonly Buffer[] = []
  let repeatedSinceUs: number | undefined
  const gapsAt: Spell[] = []
  const repeated: Spell[] = []
  const sizes: string[] = []

  const atS = (us: number): number => toTenths((us - (beganUs ?? us)) / 1e6)
  const spell = (list: Spell[], fromUs: number, toUs: number): void => {
    if (list.length < maxSpells) list.push({ atS: atS(fromUs), ms: Math.round((toUs - fromUs) / 1000) })
  }
  const restart = (atUs: number): void => {
    if (atUs - restartedUs < sameRestartUs) return
    restartedUs = atUs
    count.restarts++
  }
  const gap = (fromUs: number, toUs: number): void => {
    longestGapUs = Math.max(longestGapUs, toUs - fromUs)
    if (toUs - fromUs <= allowedGapMs * 1000) return
    count.gaps++
    count.gapMs += (toUs - fromUs) / 1000
    spell(gapsAt, fromUs, toUs)
  }
  const keyframe = (unit: AccessUnit): void => {
    count.keyframes++
    const { receivedUs, width, height, declaredFps: declared } = unit
    if (lastKeyframeUs !== undefined) longestKeyframeUs = Math.max(longestKeyframeUs, receivedUs - lastKeyframeUs)
    firstKeyframeUs ??= receivedUs
    declaredFps = declared ?? declaredFps
    const size = `${width ?? 0}x${height ?? 0}`
    if (width !== undefined && sizes.at(-1) !== size && sizes.length < maxSizes) sizes.push(size)
    noteRepeat(unit, lastKeyframeUs ?? receivedUs)
    lastKeyframeUs = receivedUs
  }
  /** The very same bytes twice: whoever sends has no new picture. */
  const noteRepeat = (unit: AccessUnit, previousUs: number): void => {
    const before = slices
    slices = unit.nalUnits.filter(({ length }) => length >= leastSliceBytes)
    const isSame = slices.length > 0 && slices.length === before.length && slices.every((slice, n) => slice.equals(before[n]!))
    if (isSame) repeatedSinceUs ??= previousUs
    else if (repeatedSinceUs !== undefined) {
      spell(repeated, repeatedSinceUs, previousUs)
      repeatedSinceUs = undefined
    }
  }
  return {
    isOpen: () => beganUs !== undefined,
    unit: (unit) => {
      const { receivedUs, pts90k, isDamaged } = unit
      if (beganUs === undefined) {
        if (!unit.isKeyframe || !unit.parameterSets || isDamaged) return
        beganUs = receivedUs
      } else {
        gap(lastUs, receivedUs)
        if (Math.abs(pts90k - lastPts90k - (receivedUs - lastUs) * 0.09) > jumpTicks) restart(receivedUs)
      }
      count.pictures++
      if (isDamaged) count.damaged++
      lastUs = receivedUs
      lastPts90k = pts90k
      if (unit.isKeyframe) keyframe(unit)
    },
    arrival: ({ atUs, transport, remote }, figures, sourceOf) => {
      if (transport === 'tcp') {
        if (carrier !== undefined && carrier !== remote.port) restart(atUs)
        carrier = remote.port
      }
      if (atUs - sampledUs < everyUs) return
      sampledUs = atUs
      if (beganUs !== undefined) maxJitterMs = Math.max(maxJitterMs, figures().reception.jitterMs)
      const now = sourceOf()
      if (source && now && (source.ssrc !== now.ssrc || source.host !== now.host || source.port !== now.port)) restart(atUs)
      source = now ?? source
    },
    facts: (untilUs) => {
      const spanS = (lastUs - (beganUs ?? lastUs)) / 1e6
      const isOpen = beganUs !== undefined
      const tailUs = isOpen ? Math.max(0, untilUs - lastUs) : 0
      const isTailGap = tailUs > allowedGapMs * 1000
      const tail: readonly Spell[] = isTailGap ? [{ atS: atS(lastUs), ms: Math.round(tailUs / 1000) }] : []
      const standing: readonly Spell[] = repeatedSinceUs === undefined || lastKeyframeUs === undefined ? [] : [{ atS: atS(repeatedSinceUs), ms: Math.round((lastKeyframeUs - repeatedSinceUs) / 1000) }]
      const intervals = count.keyframes - 1
      return {
        beganUs: beganUs ?? untilUs,
        pictures: count.pictures,
        damaged: count.damaged,
        ...(spanS > 0 && { fps: toTenths((count.pictures - 1) / spanS) }),
        ...(declaredFps !== undefined && { declaredFps }),
        gaps: count.gaps + tail.length,
        gapMs: Math.round(count.gapMs + (isTailGap ? tailUs / 1000 : 0)),
        longestGapMs: Math.round(Math.max(longestGapUs, tailUs) / 1000),
        gapsAt: [...gapsAt, ...tail].slice(0, maxSpells),
        keyframes: count.keyframes,
        ...(intervals > 0 && firstKeyframeUs !== undefined && lastKeyframeUs !== undefined && { keyframeMs: Math.round((lastKeyframeUs - firstKeyframeUs) / 1000 / intervals) }),
        ...(lastKeyframeUs !== undefined && { longestKeyframeMs: Math.round(Math.max(longestKeyframeUs, lastUs - lastKeyframeUs) / 1000) }),
        restarts: count.restarts,
        sizes,
        maxJitterMs: toTenths(maxJitterMs),
        repeated: [...repeated, ...standing],
      }
    },
  }
}

export const toTenths = (value: number): number => Math.round(value * 10) / 10
