import t from 'tap'
import { AppError } from '../base/index.ts'
import { chanceToCatch, checkRules, chooseRules, clopperPearson, defaultRules, demoRules, ruleSets, summarise, upperBound, type Attempt, type Check, type PictureMeasure, type PopulationMember } from './index.ts'
import { bandOf, judgePicture } from './judge-picture.ts'
import { concludeCheck } from './judge.ts'
import { reportOf } from './summary.ts'

const camera: PopulationMember = {
  id: '32011600001320000001', name: '广场', class: '1', area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [],
}
const finding = (field: string, rule: string, severity: 'error' | 'warning' | 'info'): PopulationMember['findings'][number] => ({ field, rule, severity, message: { zh: rule, en: rule } })
const healthy: PictureMeasure = { width: 1280, height: 720, mean: 110, std: 50, p01: 10, p99: 230, osdShare: 0.02, blurPx: 0.4, blocks: 100, noise: 1 }
const pictures = (...over: readonly Partial<PictureMeasure>[]): readonly PictureMeasure[] => over.map((each, n) => ({ ...healthy, ...(n > 0 && { difference: 4 }), ...each }))
const good: Attempt = { n: 1, isCold: true, outcome: 'ok', times: { ok: 90, firstPacket: 120, firstKeyframe: 200, firstPicture: 221.3 }, pictures: pictures({}, {}, {}), loopLagMs: 2 }
const attempt = (over: Partial<Attempt>): Attempt => ({ ...good, ...over })
const without = (outcome: Attempt['outcome'], n: number, over: Partial<Attempt> = {}): Attempt => ({ n, isCold: true, outcome, times: {}, pictures: [], loopLagMs: 1, ...over })
const judge = (attempts: readonly Attempt[], findings: PopulationMember['findings'] = []): Check => concludeCheck(1, { ...camera, findings }, attempts, defaultRules, [])

const table: readonly (readonly [string, Check, string])[] = [
  ['a healthy camera', judge([good]), 'pass'],
  ['a dark night', judge([attempt({ pictures: pictures({ mean: 14, p99: 90 }, { mean: 14, p99: 90 }, { mean: 14, p99: 90 }) })]), 'pass'],
  ...(['not-registered', 'offline', 'refused', 'no-answer', 'no-media', 'wrong-container', 'no-keyframe', 'undecodable'] as const).map(
    (outcome) => [`nothing to see: ${outcome}`, judge([without(outcome, 1), without(outcome, 2)]), `fail ${outcome}`] as const,
  ),
  ['two attempts that failed differently', judge([without('no-answer', 1), without('refused', 2)]), 'fail no-answer refused'],
  ['our own trouble fails no camera', judge([without('undecodable', 1, { isOurFault: true }), without('no-answer', 2)]), 'review undecodable no-answer'],
  ['our own trouble, then a picture', judge([without('no-answer', 1, { isOurFault: true }), attempt({ n: 2 })]), 'pass'],
  ['second attempt ok', judge([without('no-answer', 1), attempt({ n: 2 })]), 'review first-attempt-failed'],
  ['black in all', judge([attempt({ pictures: pictures({ absence: 'black' }, { absence: 'black', difference: 0 }, { absence: 'black', difference: 0 }) })]), 'fail black'],
  ['black in two of three', judge([attempt({ pictures: pictures({ absence: 'black' }, {}, { absence: 'black' }) })]), 'fail black'],
  ['black in one of three', judge([attempt({ pictures: pictures({ absence: 'black' }, {}, {}) })]), 'pass'],
  ['black in one of two', judge([attempt({ pictures: pictures({ absence: 'black' }, {}) })]), 'review too-few-pictures'],
  ['black in the only one', judge([attempt({ pictures: pictures({ absence: 'black' }) })]), 'review black too-few-pictures'],
  ['different patterns', judge([attempt({ pictures: pictures({ absence: 'white' }, { absence: 'snow' }, { absence: 'snow' }) })]), 'fail snow'],
  ['frozen', judge([attempt({ pictures: pictures({}, { difference: 0.1 }, { difference: 0.29 }) })]), 'fail frozen'],
  ['still once, then moving', judge([attempt({ pictures: pictures({}, { difference: 0.1 }, { difference: 0.5 }) })]), 'pass'],
  ['two equal pictures prove nothing', judge([attempt({ pictures: pictures({}, { difference: 0 }) })]), 'review too-few-pictures'],
  ['a difference that no one knows', judge([attempt({ pictures: [healthy, healthy, { ...healthy, difference: 0 }] })]), 'pass'],
  ['the same again without any grain: a person looks whether it is alive', judge([attempt({ pictures: pictures({ noise: 0 }, { noise: 0.1, difference: 0 }, { noise: 0.1, difference: 0 }) })]), 'review frozen'],
  ['black in both of two', judge([attempt({ pictures: pictures({ absence: 'black' }, { absence: 'black', difference: 0 }) })]), 'review black too-few-pictures'],
  ['frozen and blurred: the absence is named alone', judge([attempt({ pictures: pictures({ blurPx: 4 }, { blurPx: 4, difference: 0 }, { blurPx: 4, difference: 0 }) })]), 'fail frozen'],
  ['unclear by the median', judge([attempt({ pictures: pictures({ blurPx: 0.2 }, { blurPx: 2 }, { blurPx: 3 }) })]), 'review unclear'],
  ['doubtful', judge([attempt({ pictures: pictures({ blurPx: 1.3 }, { blurPx: 1.5 }, { blurPx: 1.8 }) })]), 'review doubtful-sharpness'],
  ['nothing to measure', judge([attempt({ pictures: [1, 2, 3].map(() => ({ width: 1280, height: 720, mean: 100, std: 5, p01: 1, p99: 200, osdShare: 0, blocks: 0, noise: 1, difference: 2 })) })]), 'review undetermined-sharpness'],
  ['sharp but small', judge([attempt({ pictures: pictures({ height: 288 }, { height: 288 }, { height: 288 }) })]), 'review doubtful-sharpness'],
  ['just in time', judge([attempt({ times: { firstPicture: 4000 } })]), 'pass'],
  ['slow', judge([attempt({ times: { firstPicture: 4000.1 } })]), 'review slow-response'],
  ['lost midway, twice', judge([attempt({ outcome: 'lost-midway', pictures: pictures({}, {}) }), attempt({ n: 2, outcome: 'lost-midway', pictures: pictures({}) })]), 'review lost-midway'],
  ['lost midway, then whole', judge([attempt({ outcome: 'lost-midway', pictures: pictures({}, {}) }), attempt({ n: 2 })]), 'review first-attempt-failed'],
  ['lost midway and black', judge([attempt({ outcome: 'lost-midway', pictures: pictures({ absence: 'black' }, { absence: 'black' }, { absence: 'black' }) })]), 'fail black'],
  ['too few pictures', judge([attempt({ pictures: pictures({}, {}) })]), 'review too-few-pictures'],
  ['someone was watching', judge([attempt({ isCold: false, times: {} })]), 'review joined-running'],
  ['record without coordinates', judge([good], [finding('longitude', 'coordinates.missing', 'error'), finding('record', 'coordinates.missing', 'error')]), 'review record-incomplete'],
  ['record of doubtful owner', judge([good], [finding('managementUnit', 'owner.unknown', 'warning')]), 'review record-doubtful'],
  ['error and warning', judge([good], [finding('functionType', 'function-type.missing', 'error'), finding('policeUnit', 'owner.unknown', 'warning')]), 'review record-incomplete'],
  ['findings beside the four fields', judge([good], [finding('mac', 'mac.malformed', 'error'), finding('networking', 'networking.text', 'info')]), 'pass'],
  ['everything at once: fail first, record beside it', judge([attempt({ pictures: pictures({ absence: 'colour-bars' }, { absence: 'colour-bars' }, { absence: 'colour-bars' }) })], [finding('networking', 'networking.missing', 'error')]), 'fail colour-bars record-incomplete'],
]

t.test('verdicts', async (t) => {
  for (const [name, { verdict }, expected] of table) t.equal([verdict.result, ...verdict.reasons].join(' '), expected, name)
})

t.test('a check keeps the record’s four fields, the response and the stream that was judged', async (t) => {
  const stream = { lossRate: 0, jitterMs: 1, packets: 10, transport: 'udp', container: 'ps' } as const
  const check = judge([without('no-keyframe', 1, { stream }), attempt({ n: 2, stream: { ...stream, codec: 'h264' } })], [finding('mac', 'mac.malformed', 'error'), finding('functionType', 'function-type.missing', 'error')])
  t.equal(check.responseMs, 221.3)
  t.equal(check.stream?.codec, 'h264')
  t.match(check.record, { result: 'fail', findings: [{ rule: 'function-type.missing' }] })
  t.equal(check.record.findings.length, 1)
  t.equal(judge([without('no-keyframe', 1, { stream })]).stream?.packets, 10, 'of a failed check: the last that brought any')
  t.notOk('picture' in judge([without('no-answer', 1)]))
})

t.test('sharpness bands and medians', async (t) => {
  const { sharpness } = defaultRules
  t.same([undefined, 0, 1.39, 1.4, 1.89, 1.9, 12].map((blurPx) => bandOf(blurPx, 720, sharpness)), ['undetermined', 'clear', 'clear', 'doubtful', 'doubtful', 'unclear', 'unclear'])
  t.equal(bandOf(0, sharpness.minHeight - 1, sharpness), 'doubtful')
  t.match(judgePicture(pictures({ blurPx: 1 }, { blurPx: 2 }), defaultRules), { sharpness: { blurPx: 1.5, band: 'doubtful' }, samples: 2, brightness: 110 })
})

t.test('exact intervals: the figures of the binomial distribution', async (t) => {
  const near = (found: number, wanted: number, name: string): unknown => t.ok(Math.abs(found - wanted) < 0.0005, `${name}: ${found}`)
  near(upperBound(0, 20), 0.139, '0 of 20, one-sided')
  near(upperBound(0, 10), 0.259, '0 of 10, one-sided')
  near(upperBound(0, 5), 0.451, '0 of 5, one-sided')
  near(chanceToCatch(0.1, 20), 0.878, 'to catch one of 10 % with 20')
  near(chanceToCatch(0.1, 10), 0.651, 'with 10')
  near(chanceToCatch(0.1, 5), 0.41, 'with 5')
  near(clopperPearson(0, 20)[1], 0.1684, '0 of 20, two-sided')
  near(clopperPearson(5, 20)[0], 0.0866, '5 of 20, low')
  near(clopperPearson(5, 20)[1], 0.491, '5 of 20, high')
  near(clopperPearson(950, 1000)[0], 0.9346, '950 of 1000, low')
  t.same(clopperPearson(0, 3)[0], 0)
  t.same(clopperPearson(3, 3)[1], 1)
  for (const [k, n] of [[1, 0], [-1, 3], [4, 3], [1.5, 3]] as const) t.throws(() => clopperPearson(k, n), RangeError)
})

t.test('bounds mean what they say: the tail beyond each is 2.5 %', async (t) => {
  const tail = (from: number, to: number, n: number, p: number): number => {
    let sum = 0
    for (let k = from; k <= to; k++) {
      let term = 1
      for (let i = 0; i < k; i++) term *= ((n - i) / (k - i)) * p
      sum += term * (1 - p) ** (n - k)
    }
    return sum
  }
  for (let n = 1; n <= 30; n++) {
    for (let k = 0; k <= n; k++) {
      const [low, high] = clopperPearson(k, n)
      if (k > 0) t.ok(Math.abs(tail(k, n, n, low) - 0.025) < 1e-9, `low of ${k}/${n}`)
      if (k < n) t.ok(Math.abs(tail(0, k, n, high) - 0.025) < 1e-9, `high of ${k}/${n}`)
    }
  }
})

t.test('rates carry their denominators; what was not determined is not in them', async (t) => {
  const checks = [judge([good]), judge([attempt({ pictures: pictures({ blurPx: 3 }, { blurPx: 3 }, { blurPx: 3 }) })]), judge([without('no-answer', 1)]), judge([without('no-media', 1, { times: { ok: 80 } })])]
  const summary = summarise(checks)
  t.match(summary, {
    recordComplete: { numerator: 4, denominator: 4, rate: 1 },
    responded: { numerator: 3, denominator: 4, rate: 0.75 },
    picturePresent: { numerator: 2, denominator: 4 },
    clear: { numerator: 1, denominator: 2, rate: 0.5, interval95: [0.0126, 0.9874] },
    passed: { numerator: 1, denominator: 4 },
    failed: { numerator: 2, denominator: 4 },
    review: { numerator: 1, denominator: 4 },
  })
  for (const rate of Object.values(summary)) t.ok(rate.of.zh && rate.of.en)
  t.match(summarise([]), { passed: { denominator: 0, rate: null, interval95: null } })
})

t.test('a report is a function of its inspection', async (t) => {
  const draw = { algorithm: 'sha256-order-1', seed: '0123456789abcdef', population: { size: 1, sha256: 'x' }, strata: [], members: [camera] } as const
  const checks = [{ ...judge([good]), n: 2 }, judge([good])]
  const report = reportOf({ id: 'i', area: '320116', startedAtMs: 0, finishedAtMs: 1000, state: 'done', createdBy: 'a', draw, rules: demoRules, checks, total: 2, software: 'yiji 1' })
  t.match(report.inspection, { id: 'i', startedAt: '1970-01-01T00:00:00.000Z', finishedAt: '1970-01-01T00:00:01.000Z', seed: '0123456789abcdef', algorithm: 'sha256-order-1', ruleSet: { name: 'demo', version: demoRules.version }, software: 'yiji 1' })
  t.same(report.checks.map(({ n }) => n), [1, 2])
})

t.test('rule sets that are shipped pass their own check, and are found by name', async (t) => {
  for (const rules of ruleSets) t.same(checkRules(JSON.parse(JSON.stringify(rules))), rules)
  t.equal(chooseRules(), defaultRules)
  t.equal(chooseRules('demo'), demoRules)
  t.throws(() => chooseRules('strict'), { code: 'request.invalid', message: /"strict".*default, demo/ })
})

t.test('a wrong rule set is refused with the name of its field', async (t) => {
  const wrong: readonly (readonly [field: string, path: string, value: unknown])[] = [
    ['name', 'name', '../x'],
    ['version', 'version', 0],
    ['title.en', 'title.en', undefined],
    ['strata', 'strata', []],
    ['strata[1].count', 'strata.1.count', -1],
    ['strata', 'strata.1.class', '1'],
    ['attempts', 'attempts', 1.5],
    ['betweenAttemptsMs', 'betweenAttemptsMs', '5'],
    ['timeouts.answerMs', 'timeouts.answerMs', 1],
    ['timeouts.firstPacketMs', 'timeouts.firstPacketMs', defaultRules.timeouts.answerMs - 1],
    ['timeouts.firstKeyframeMs', 'timeouts.firstKeyframeMs', Number.NaN],
    ['sampling.pictures', 'sampling.pictures', 0],
    ['sampling', 'sampling', null],
    ['response.slowMs', 'response.slowMs', undefined],
    ['absence.blackMean', 'absence.blackMean', 256],
    ['sharpness.unclearFromPx', 'sharpness.unclearFromPx', 0.5],
    ['concurrency.total', 'concurrency.total', 0],
  ]
  for (const [field, path, value] of wrong) {
    const message = new RegExp(`rule set: ${field.replace(/[[\].]/g, '\\$&')} must be`)
    t.throws(() => checkRules(spoil(structuredClone(defaultRules), path.split('.'), value)), { name: 'AppError', code: 'request.invalid', message }, field)
  }
  for (const value of [undefined, null, 1, 'x', []]) t.throws(() => checkRules(value), AppError)
})

/** Sets one value deep inside; `tree` is changed. */
function spoil(tree: object, [key = '', ...rest]: readonly string[], value: unknown): object {
  const within = Object.getOwnPropertyDescriptor(tree, key)?.value as unknown
  Object.defineProperty(tree, key, { value: rest.length > 0 && typeof within === 'object' && within !== null ? spoil(within, rest, value) : value, enumerable: true })
  return tree
}
