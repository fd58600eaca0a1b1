// The figures of a longer look, and what the rules propose of them. Pure. Nothing here fails a camera: loss and jitter may arise on our side of
// the network, a picture that stands still may be of a scene that does.
import type { PipelineFigures } from '../media/index.ts'
import { maxSpells, toTenths, type Look } from './look.ts'
import type { Observation, Sample } from './observe.ts'
import { runningDefault } from './rules/running.ts'
import type { Attempt, Figure, PopulationMember, ReasonCode, RuleSet, RunningFigures, RunningRules, RunningVerdict, Spell } from './types.ts'

/** Of an attempt that is over. A look begins with the first picture; without one there was none. */
export function runningFigures(look: Look, wantedMs: number, seen: Observation, figures: PipelineFigures, frozenDifference: number): RunningFigures | undefined {
  const { lastMediaUs = 0, endedUs = lastMediaUs, end, isFull } = seen
  if (!look.isOpen()) return undefined
  const { beganUs, repeated, ...facts } = look.facts(endedUs)
  const freezes = merged([...repeated, ...standing(seen.samples, beganUs, frozenDifference)])
  const { packets, lost, lossRate, jitterMs } = figures.reception
  return {
    seconds: toTenths(Math.max(0, endedUs - beganUs) / 1e6),
    wantedSeconds: toTenths(wantedMs / 1000),
    ...(isFull ? { cut: 'recording' as const } : end !== 'watched' && { cut: 'lost' as const }),
    ...facts,
    packets,
    lost,
    lossRate: Math.round(lossRate * 1e6) / 1e6,
    jitterMs: toTenths(jitterMs),
    maxJitterMs: Math.max(facts.maxJitterMs, toTenths(jitterMs)),
    freezes: freezes.length,
    frozenMs: freezes.reduce((sum, { ms }) => sum + ms, 0),
    freezesAt: freezes.slice(0, maxSpells),
  }
}

/** Between two decoded pictures that are the same, outside what is written into them, nothing moved. */
function standing(samples: readonly Sample[], beganUs: number, frozenDifference: number): readonly Spell[] {
  return samples.flatMap((sample, n) => {
    const before = samples[n - 1]
    const difference = sample.measure?.difference
    if (!before || difference === undefined || difference >= frozenDifference) return []
    return [{ atS: toTenths((before.receivedUs - beganUs) / 1e6), ms: Math.round((sample.receivedUs - before.receivedUs) / 1000) }]
  })
}

/** Spells that touch or overlap are one. */
function merged(spells: readonly Spell[]): readonly Spell[] {
  const joined: Spell[] = []
  for (const spell of [...spells].sort((a, b) => a.atS - b.atS)) {
    const last = joined.at(-1)
    const endMs = spell.atS * 1000 + spell.ms
    // Tenths of a second: what touches may be that much apart.
    if (last && spell.atS * 1000 <= last.atS * 1000 + last.ms + 100) joined[joined.length - 1] = { atS: last.atS, ms: Math.round(Math.max(last.ms, endMs - last.atS * 1000)) }
    else joined.push(spell)
  }
  return joined
}

/** The attempt that looked longest; its figures beside their bounds. Undefined where none looked. */
export function judgeRunning(attempts: readonly Attempt[], { class: pointClass }: Pick<PopulationMember, 'class'>, rules: Pick<RuleSet, 'running'>): { readonly verdict: RunningVerdict; readonly reasons: readonly ReasonCode[] } | undefined {
  const looked = attempts.filter(({ running }) => running !== undefined).reduce<Attempt | undefined>((best, each) => ((each.running?.seconds ?? 0) > (best?.running?.seconds ?? -1) ? each : best), undefined)
  if (!looked?.running) return undefined
  // A stream that ended and was asked for again has begun anew, too.
  const lostLooks = attempts.filter(({ running }) => running?.cut === 'lost').length
  const judged = boundsOf(looked.running, lostLooks, pointClass, rules.running ?? runningDefault)
  return { verdict: { attempt: looked.n, figures: judged.map(({ figure }) => figure) }, reasons: [...new Set(judged.flatMap(({ figure, reason }) => (figure.result === 'doubtful' && reason ? [reason] : [])))] }
}

interface Bound {
  readonly figure: Figure
  readonly reason?: ReasonCode
}

const networkClause = 'GB/T 28181-2022 5.3-5.6'

function boundsOf(running: RunningFigures, lostLooks: number, pointClass: string, rules: RunningRules): readonly Bound[] {
  const atMost = (code: string, value: number, unit: string, threshold: number, reason: ReasonCode, basis?: string): Bound => ({ figure: { code, value, unit, threshold, result: value > threshold ? 'doubtful' : 'ok', ...(basis && { basis }) }, reason })
  const plain = (code: string, value: number | undefined, unit: string): readonly Bound[] => (value === undefined ? [] : [{ figure: { code, value, unit, result: 'ok' } }])
  const wantedSeconds = toTenths(running.wantedSeconds * rules.minWindowShare)
  const rates: readonly Bound[] = running.fps === undefined ? [] : frameRates(running.fps, running.declaredFps, pointClass, rules)
  return [
    { figure: { code: 'watched', value: running.seconds, unit: 's', threshold: wantedSeconds, result: running.seconds < wantedSeconds ? 'doubtful' : 'ok' }, reason: 'short-look' },
    atMost('gaps', running.gaps, '', rules.maxGaps, 'interrupted-stream'),
    ...plain('longest-gap', running.longestGapMs, 'ms'),
    ...rates,
    atMost('loss', running.lossRate, '', rules.maxLossRate, 'packet-loss', networkClause),
    atMost('jitter', running.maxJitterMs, 'ms', rules.maxJitterMs, 'jitter', networkClause),
    atMost('frozen', running.frozenMs, 'ms', rules.maxFrozenMs, 'picture-froze'),
    atMost('restarts', running.restarts + lostLooks, '', rules.maxRestarts, 'stream-restarted'),
    ...(running.longestKeyframeMs === undefined ? [] : [atMost('keyframe-interval', running.longestKeyframeMs, 'ms', rules.maxKeyframeMs, 'rare-keyframes')]),
    ...plain('keyframe-interval-mean', running.keyframeMs, 'ms'),
    ...plain('damaged-pictures', running.damaged, ''),
    ...plain('sizes', running.sizes.length, ''),
  ]
}

function frameRates(fps: number, declaredFps: number | undefined, pointClass: string, rules: RunningRules): readonly Bound[] {
  const least = (code: string, wanted: number, basis?: string): Bound => {
    const threshold = toTenths(wanted * rules.fpsShare)
    return { figure: { code, value: fps, unit: '1/s', threshold, result: fps < threshold ? 'doubtful' : 'ok', ...(basis && { basis }) }, reason: 'low-frame-rate' }
  }
  const ofClass = rules.minFps[pointClass]
  const bounds = [...(ofClass === undefined ? [] : [least('frame-rate', ofClass, networkClause)]), ...(declaredFps === undefined ? [] : [least('frame-rate-declared', declaredFps)])]
  return bounds.length > 0 ? bounds : [{ figure: { code: 'frame-rate', value: fps, unit: '1/s', result: 'ok' } }]
}
