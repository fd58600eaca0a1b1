// What else a picture tells: drawn places, encoded as a camera would and decoded by the real decoder, then held against bounds and a baseline.
import t from 'tap'
import { silentLog, systemClock } from '../base/index.ts'
import { baselineOf, contextAt, hourOf, hoursApart } from './baseline.ts'
import { openDecoder } from './io/decoder.ts'
import { clock, covered, encode, grain, light, place, soften, type Codecs } from './io/test/encode.ts'
import { concludeCheck } from './judge.ts'
import { isNight } from './judge-figures.ts'
import type { Planes } from './picture/index.ts'
import { checkRules, defaultRules } from './rules/index.ts'
import type { Baseline, Check, PictureContext, PictureMeasure, PopulationMember } from './types.ts'

const decoder = openDecoder({ children: 2, clock: systemClock, log: silentLog, timeoutMs: 120_000 })
t.teardown(() => decoder.close())

/** Steps that are drawn on 540 rows are not what the bands of blur are for. */
const rules = { ...defaultRules, sharpness: { ...defaultRules.sharpness, clearBelowPx: 4, unclearFromPx: 12 } }

const camera: PopulationMember = { id: '32011600001320000001', name: 'gate', class: '3', area: '320116', owner: 'a', policeUnit: 'b', networking: 'networked', functionType: '1', longitude: '118', latitude: '32', builtBy: '1', findings: [] }
const noon = Date.UTC(2026, 5, 1, 4, 30)
const atNoon: PictureContext = { atMs: noon, hour: 12 }

async function measures(pictures: readonly Planes[], codec: Codecs = 'h264', crf = 24): Promise<readonly PictureMeasure[]> {
  const session = decoder.open(rules)
  const seen: PictureMeasure[] = []
  for (const keyframe of await encode(pictures, codec, crf)) {
    const outcome = await session.push(keyframe)
    if (!outcome.ok) throw new Error(outcome.detail)
    seen.push(outcome.picture.measure)
  }
  session.close()
  return seen
}

/** Two cars that drive on: without anything that moves, an encoder leaves nothing that tells a live picture from a frozen one. */
const traffic = (planes: Planes, second: number): Planes => {
  const at = 440 + 70 * second
  const shade = (level: number): number => (level > 100 ? level * 0.3 : level * 1.6 + 12)
  return light(planes, (level, x, y) => (x >= at && x < at + 60 && ((y >= 300 && y < 340) || (y >= 470 && y < 510)) ? shade(level) : level))
}
/** Three moments of a place, the clock two seconds on. */
const moments = (planes: Planes, noise = 2): readonly Planes[] => [1, 3, 5].map((second) => clock(grain(traffic(planes, second), noise, second), second))
const conclude = (pictures: readonly PictureMeasure[], context: PictureContext | undefined = atNoon, over: Partial<PopulationMember> = {}, fps?: number): Check =>
  concludeCheck(1, { ...camera, ...over }, [{ n: 1, isCold: true, outcome: 'ok', times: { firstPicture: 500 }, pictures, loopLagMs: 1, ...(fps === undefined ? {} : { stream: { fps, lossRate: 0, jitterMs: 1, packets: 1000, transport: 'udp', container: 'ps' } }) }], rules, [], context && { context })
const look = async (planes: Planes, codec: Codecs = 'h264', crf = 24): Promise<Check> => conclude(await measures(moments(planes), codec, crf))
const figureOf = ({ picture }: Check, code: string): string => {
  const found = picture?.figures?.find((figure) => figure.code === code)
  return found ? `${found.value} ${found.unit} ${found.result}` : 'none'
}
const beyond = ({ picture }: Check): readonly string[] => (picture?.figures ?? []).filter(({ result }) => result !== 'ok').map(({ code }) => code)

t.test('a healthy picture is within every bound, in either codec, and its clock runs', async (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    const check = await look(place(1), codec)
    t.same(beyond(check), [], codec)
    t.same(check.verdict, { result: 'pass', reasons: [] })
    t.equal(check.picture?.clock, 'running')
    for (const code of ['brightness', 'contrast', 'cast', 'noise', 'stripes-across', 'stripes-down', 'blockiness', 'resolution', 'osd-clock']) t.not(figureOf(check, code), 'none', code)
  }
})

t.test('each defect is named with its figure, proposed or only noted, and fails nobody', async (t) => {
  const cases: readonly (readonly [string, string, string, Planes, number?])[] = [
    ['too dark by day', 'brightness', 'too-dark', light(place(1), (level) => level * 0.18)],
    ['too bright', 'brightness', 'too-bright', light(place(1), (level) => 215 + level * 0.16)],
    ['fog', 'contrast', 'low-contrast', light(place(1), (level) => 150 + level * 0.15)],
    ['a green cast', 'cast', 'colour-cast', { ...place(1), cb: place(1).cb.map((level) => level - 55), cr: place(1).cr.map((level) => level - 50) }],
    ['noise', 'noise', 'noisy', grain(place(1), 28, 9)],
    ['stripes across', 'stripes-across', 'striped', light(place(1), (level, _x, y) => level + 16 * Math.sin((2 * Math.PI * y) / 15))],
    ['stripes down', 'stripes-down', 'striped', light(place(1), (level, x) => level + 16 * Math.sin((2 * Math.PI * x) / 19))],
  ]
  for (const [name, code, reason, planes, crf] of cases) {
    const check = await look(planes, 'h264', crf ?? 20)
    const [figure] = check.picture?.figures?.filter((each) => each.code === code) ?? []
    t.match(figure, { result: 'doubtful' }, `${name}: ${figureOf(check, code)}`)
    t.ok(figure?.threshold !== undefined && figure.unit !== '', `${name} has a bound and a unit`)
    t.ok([...check.verdict.reasons, ...(check.verdict.notes ?? [])].includes(reason as never), `${name}: ${check.verdict.result} ${check.verdict.reasons.join(' ')} / ${check.verdict.notes?.join(' ') ?? ''}`)
    t.not(check.verdict.result, 'fail')
  }
})

t.test('darkness at night is no defect', async (t) => {
  const dark = await measures(moments(light(place(1), (level) => level * 0.18)))
  t.match(figureOf(conclude(dark, { atMs: noon, hour: 23 }), 'brightness'), /ok$/)
  t.match(figureOf(conclude(dark, { atMs: noon, hour: 12 }), 'brightness'), /doubtful$/)
  t.match(figureOf(conclude(dark, undefined), 'brightness'), /doubtful$/, 'of a recording that does not say when')
  t.same([17, 18, 0, 6, 7, 12].map((hour) => isNight(hour, { nightFromHour: 18, nightToHour: 7 })), [false, true, true, true, false, false])
  t.same([1, 3, 4].map((hour) => isNight(hour, { nightFromHour: 2, nightToHour: 4 })), [false, true, false])
})

t.test('beside its own baseline: covered, turned, out of focus, discoloured; in another light the same', async (t) => {
  const good = conclude(await measures(moments(place(1))))
  const baseline = baselineOf(good, 'i-1')
  if (!baseline) return t.fail('a good check leaves a baseline')
  const quiet = (await measures(moments(place(1), 0.5)))[0]?.signature ?? ''
  t.match(baseline, { hour: 12, atMs: noon, inspection: 'i-1', n: 1, height: 540 })
  const beside = async (planes: Planes, codec: Codecs = 'h264', over: Partial<Baseline> = {}): Promise<Check> => conclude(await measures(moments(planes), codec), { ...atNoon, baseline: { ...baseline, ...over } })
  const same = await beside(light(place(1), (level, x) => level * (0.5 + (0.4 * x) / 960)), 'h265')
  t.same(beyond(same), [], 'light from one side')
  t.match(same.picture?.baseline, { inspection: 'i-1', n: 1, hour: 12 })
  const half = conclude(await measures(moments(covered(place(1), [480, 0, 960, 540], 40), 0.5)), { ...atNoon, baseline: { ...baseline, signature: quiet } })
  t.match(half.verdict.reasons, ['occluded'], figureOf(half, 'occluded'))
  const turned = await beside(place(77))
  t.ok(turned.verdict.reasons.includes('scene-changed'), figureOf(turned, 'scene'))
  t.equal(turned.verdict.result, 'review')
  const soft = await beside(soften(place(1), 1))
  t.ok(soft.verdict.reasons.includes('softer-than-before'), `${figureOf(soft, 'softer')}; ${figureOf(soft, 'scene')}`)
  const green = await beside({ ...place(1), cb: place(1).cb.map((level) => level - 25) })
  t.match(figureOf(green, 'cast-shift'), /doubtful$/)
  const otherHour = await beside(soften(place(1), 1), 'h264', { hour: 3 })
  t.match(figureOf(otherHour, 'softer'), /ok$/, 'of another hour it is shown, and not asked')
})

t.test('resolution and frame rate beside record and class', async (t) => {
  const pictures = await measures(moments(place(1)))
  t.match(figureOf(conclude(pictures), 'resolution'), /^540 rows ok$/, 'a record without one asks nothing')
  t.match(figureOf(conclude(pictures, atNoon, { resolution: '6' }), 'resolution'), /^540 rows doubtful$/)
  t.same(conclude(pictures, atNoon, { resolution: '6' }).verdict, { result: 'pass', reasons: [], notes: ['resolution-differs'] })
  t.match(figureOf(conclude(pictures, atNoon, { resolution: '2' }), 'resolution'), /^540 rows doubtful$/, 'more than the record says is no match either')
  t.match(conclude(pictures, atNoon, { class: '1' }, 12).picture?.figures?.find(({ code }) => code === 'frame-rate'), { value: 12, threshold: 25, result: 'doubtful', basis: /GB\/T 28181-2022/ })
  t.match(figureOf(conclude(pictures, atNoon, {}, 12), 'frame-rate'), /ok$/, 'class 3 has no bound')
})

t.test('frozen under a running clock, and with the clock; without grain a person looks', async (t) => {
  const held = grain(place(1), 2, 1)
  for (const codec of ['h264', 'h265'] as const) {
    const running = conclude(await measures([1, 3, 5].map((second) => clock(held, second)), codec, 18))
    t.match(running, { verdict: { result: 'fail', reasons: ['frozen'] }, picture: { clock: 'running', absence: 'frozen' } }, `${codec}: ${figureOf(running, 'osd-clock')}`)
    const stopped = conclude(await measures([1, 1, 1].map((second) => clock(held, second)), codec, 18))
    t.match(stopped, { verdict: { result: 'fail' }, picture: { clock: 'standing', absence: 'frozen' } }, `${codec}: ${figureOf(stopped, 'osd-clock')}`)
    // A place where nothing moves, alive, behind an encoder that takes its grain away.
    const still = conclude(await measures([1, 3, 5].map((second) => clock(grain(place(1), 1, second), second)), codec, 30))
    t.notMatch(still, { verdict: { result: 'fail' } }, `${codec}: ${still.picture?.absence}`)
  }
})

t.test('a privacy mask is part of the picture, in either codec', async (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    for (const [name, area, level] of [
      ['black over the left', [0, 0, 430, 540], 0],
      ['grey across the bottom', [0, 380, 960, 540], 130],
      ['white in the middle', [200, 100, 760, 460], 255],
      ['black but for a corner', [0, 0, 960, 430], 0],
    ] as const) {
      const check = conclude(await measures([1, 3, 5].map((second) => clock(covered(grain(traffic(place(1), second), 3, second), area, level), second)), codec, 26))
      t.equal(check.picture?.absence, undefined, `${codec}: ${name}`)
      t.not(check.verdict.result, 'fail')
    }
  }
})

t.test('night is not black, in either codec and at a low rate; a dead picture is', async (t) => {
  for (const codec of ['h264', 'h265'] as const) {
    for (const [gain, noise, crf] of [[0.25, 4, 28], [0.12, 3, 32], [0.06, 3, 30], [0.06, 1, 36]] as const) {
      const night = conclude(await measures(moments(light(place(1), (level) => level * gain), noise), codec, crf), { atMs: noon, hour: 1 })
      t.equal(night.picture?.absence, undefined, `${codec}, light × ${gain}, noise ${noise}, crf ${crf}: ${figureOf(night, 'brightness')}`)
    }
    const dead = conclude(await measures(moments(light(place(1), () => 2), 0.4), codec))
    t.match(dead.verdict, { result: 'fail', reasons: ['black'] }, codec)
  }
})

t.test('which baseline is taken, and of which hour it is', async (t) => {
  t.same([Date.UTC(2026, 0, 1, 0, 0), Date.UTC(2026, 0, 1, 15, 59), Date.UTC(2026, 0, 1, 16, 0)].map(hourOf), [8, 23, 0])
  t.same([hoursApart(23, 1), hoursApart(0, 12), hoursApart(7, 7)], [2, 12, 0])
  const kept = (hour: number, atMs: number): Baseline => ({ atMs, hour, inspection: 'i', n: 1, width: 1, height: 1, mean: 1, signature: '' })
  t.match(contextAt(noon, [kept(3, 9), kept(13, 1), kept(11, 2)]), { hour: 12, baseline: { hour: 11 } }, 'of two as near the newer')
  t.same(contextAt(noon, []), { atMs: noon, hour: 12 })
  t.equal(baselineOf({ n: 1, attempts: [] }, 'i'), undefined)
})

t.test('a rule set without the section judges none of it; one with a wrong figure is refused', async (t) => {
  const { picture: _picture, ...before } = rules
  const pictures = await measures(moments(light(place(1), (level) => level * 0.18)))
  const check = concludeCheck(1, camera, [{ n: 1, isCold: true, outcome: 'ok', times: { firstPicture: 500 }, pictures, loopLagMs: 1 }], before, [])
  t.equal(check.picture?.figures, undefined)
  t.throws(() => checkRules({ ...defaultRules, picture: { ...defaultRules.picture, nightToHour: 24 } }), { message: /picture\.nightToHour must be/ })
})
