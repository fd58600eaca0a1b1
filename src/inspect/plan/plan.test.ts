// Plans: what is one, whom it draws, who is left out, and what the sample can show.
import t from 'tap'
import { createHash } from 'node:crypto'
import { seededRandom } from '../../base/index.ts'
import { planFields } from '../../service/plan-fields.ts'
import { parsePopulation, populationSha256, populationText } from '../population.ts'
import { chanceToCatch, upperBound } from '../statistics.ts'
import type { Exemption, Plan, PopulationMember } from '../types.ts'
import { chanceOfAtMost, leastBad, mostBad } from './finite.ts'
import { frameOf } from './frame.ts'
import { checkPlan, drawDifferences, drawPlan, kindsOfMembers, leftOutText, presetOf, readDrawnReport, showingOf, showingText, weightedRate } from './index.ts'

const seed = '00112233445566778899aabbccddeeff'
const member = (n: number, over: Partial<PopulationMember> = {}): PopulationMember => ({
  id: `3201160000132${String(n).padStart(7, '0')}`, name: `点位${n}`, class: String(1 + (n % 3)), area: '32011601', owner: `单位${n % 4}`, policeUnit: '320116510000', networking: n % 5 === 0 ? 'not-networked' : 'networked',
  functionType: '1/5', longitude: '118.8', latitude: '32.3', builtBy: String([1, 2, 5, 6, 3][n % 5]), findings: [], ...over,
})
const district = Array.from({ length: 200 }, (_, n) => member(n))
const plan = (value: object): Plan => checkPlan(value, planFields)

t.test('the notice: two samples of one list; who is in both is one check, for all kinds', async (t) => {
  const drawn = drawPlan(district, presetOf('notice'), seed)
  t.same(drawn.strata.map(({ nth, drawn: count, kinds }) => [nth, count, kinds]), [[1, 10, ['record', 'image']], [1, 5, ['record', 'image']], [1, 5, ['record', 'image']], [2, 10, ['running']], [2, 10, ['running']]])
  t.equal(drawn.algorithm, 'sha256-order-2')
  t.equal(new Set(drawn.members).size, drawn.members.length)
  const kinds = kindsOfMembers(drawn)
  t.equal(kinds.filter((each) => each.includes('image')).length, 20)
  t.equal(kinds.filter((each) => each.includes('running')).length, 20)
  t.ok(drawn.members.every((each, index) => (drawn.drawnIn?.[index] ?? []).every((at) => (at < 3 ? drawn.strata[at]?.class === each.class : (at === 3) === (each.builtBy === '1')))))
  const first = drawPlan(district, presetOf('notice-image'), seed)
  t.same(first.members.map(({ id }) => id), drawn.members.slice(0, 20).map(({ id }) => id), 'the picture check of the same seed has the same twenty')
  t.equal(first.algorithm, 'sha256-order-1')
  const patrol = drawPlan(district, presetOf('patrol'), seed)
  t.equal(patrol.members.length, 200)
  t.match(patrol.strata, [{ asked: 200, drawn: 200, isAll: true, unconnected: 40 }])
})

t.test('two samples do not prefer the same cameras', async (t) => {
  const twice = plan({ samples: [{ name: 'a', kinds: ['record'], strata: [{ count: 20 }] }, { name: 'b', kinds: ['running'], strata: [{ count: 20 }] }] })
  let both = 0
  const rounds = 300
  for (let round = 0; round < rounds; round++) both += 40 - drawPlan(district, twice, createHash('sha256').update(`${round}`).digest('hex')).members.length
  // 20 of 200, twice: two in common on average, with a standard deviation of 1.28 for each draw.
  t.ok(Math.abs(both / rounds - 2) < 4 * (1.28 / Math.sqrt(rounds)), `${both / rounds} in common`)
})

t.test('each member of a stratum has the same chance, whatever the strata are', async (t) => {
  const random = seededRandom(11)
  const by = plan({ kinds: ['image'], strata: [{ name: 'own', where: [{ field: 'managementUnit', values: ['单位1'] }], count: 10 }, { name: 'rest', count: 15 }] })
  const times = new Map(district.map(({ id }) => [id, 0]))
  const rounds = 800
  for (let round = 0; round < rounds; round++) for (const { id } of drawPlan(district, by, createHash('sha256').update(`${random()}`).digest('hex')).members) times.set(id, (times.get(id) ?? 0) + 1)
  for (const [own, size, count, limit] of [[true, 50, 10, 85.4], [false, 150, 15, 208]] as const) {
    const expected = (rounds * count) / size
    const chiSquare = district.filter(({ owner }) => (owner === '单位1') === own).reduce((sum, { id }) => sum + ((times.get(id) ?? 0) - expected) ** 2 / expected, 0)
    t.ok(chiSquare < limit, `chi-square ${chiSquare.toFixed(1)} with ${size - 1} degrees of freedom is below ${limit}, which 99.9 % are`)
  }
})

t.test('the first stratum that fits takes a camera; a value of a field each; small ones give all and say so', async (t) => {
  const drawn = drawPlan(district, plan({ kinds: ['image'], strata: [{ name: 'one', where: [{ field: 'class', values: ['1', '2'] }], count: 3 }, { name: 'two', where: [{ field: 'class', values: ['2', '3'] }], count: 500 }, { name: 'none', count: 5 }] }), seed)
  const of = (name: string): number => district.filter((each) => each.class === name).length
  t.match(drawn.strata, [{ name: 'one', population: of('1') + of('2'), drawn: 3 }, { name: 'two', population: of('3'), asked: 500, drawn: of('3') }, { name: 'none', population: 0, drawn: 0 }])
  const each = drawPlan(district, plan({ kinds: ['image'], strata: [{ name: 'owner', each: 'managementUnit', count: 2 }] }), seed)
  t.same(each.strata.map(({ name, population, drawn: count }) => [name, population, count]), ['单位0', '单位1', '单位2', '单位3'].map((owner) => [`owner ${owner}`, 50, 2]))
  t.same(each.strata.map(({ title }) => title?.zh), ['单位0', '单位1', '单位2', '单位3'].map((owner) => `管理单位：${owner}`))
})

t.test('conditions: the whole value, its beginning, one of several, none declared', async (t) => {
  const list = [member(1, { functionType: '1/15', policeUnit: '320116510000' }), member(2, { functionType: '15', policeUnit: '320115510000' }), member(3, { functionType: '' })]
  const found = (where: object): string => drawPlan(list, plan({ kinds: ['image'], strata: [{ where: [where], count: 'all' }] }), seed).members.map(({ id }) => id.slice(-1)).sort().join('')
  t.equal(found({ field: 'functionType', values: ['1'] }), '1', '15 is not 1')
  t.equal(found({ field: 'functionType', values: ['15'] }), '12')
  t.equal(found({ field: 'functionType', values: [''] }), '3')
  t.equal(found({ field: 'functionType', match: 'equals', values: ['1/15'] }), '1')
  t.equal(found({ field: 'policeUnit', values: ['320115'] }), '2')
  t.equal(found({ field: 'area', values: ['320116'] }), '123')
  t.equal(found({ field: 'area', match: 'equals', values: ['320116'] }), '')
})

t.test('a list with further columns names them; lists of before are read as ever', async (t) => {
  const list = district.slice(0, 6).map((each, n) => ({ ...each, fields: { positionType: n < 2 ? '8/3' : '', model: `a\tb${n}` } }))
  const text = populationText(list)
  t.match(text, /^#code\tclass\tarea\tmanagementUnit\tpoliceUnit\tnetworking\tfunctionType\tlongitude\tlatitude\tbuiltBy\tname\tmodel\tpositionType\n32/)
  t.equal(populationText(parsePopulation(text)), text)
  t.equal(populationSha256(parsePopulation(JSON.stringify(list))), populationSha256(list))
  const schools = plan({ kinds: ['image'], strata: [{ where: [{ field: 'positionType', values: ['8'] }], count: 5 }] })
  t.same(drawPlan(parsePopulation(text), schools, seed).members.map(({ id }) => id).sort(), list.slice(0, 2).map(({ id }) => id))
  for (const heading of ['#code\tclass\n', text.replace('#code', '#code\t'), text.replace('\tmodel\t', '\tname\t'), text.replace('positionType', '=1+1')]) t.throws(() => parsePopulation(heading + text), { code: 'draw.invalid' }, JSON.stringify(heading.slice(0, 40)))
})

t.test('what is no plan is refused in one line that names the place', async (t) => {
  const stratum = { count: 1 }
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [null, /plan must be an object/],
    [{ kinds: ['image'] }, /either samples, or kinds and strata/],
    [{ kinds: ['sound'], strata: [stratum] }, /kinds\[0\] must be one of record, image, running, not "sound"/],
    [{ kinds: ['image'], strata: [] }, /strata must be a list of 1 to 200/],
    [{ kinds: ['image'], strata: [{ count: -1 }] }, /strata\[0\]\.count must be a whole number from 0 to 100000, or "all"/],
    [{ kinds: ['image'], strata: [{ count: 'some' }] }, /strata\[0\]\.count/],
    [{ kinds: ['image'], strata: [{ ...stratum, where: [{ field: 'contact', values: ['1'] }] }] }, /where\[0\]\.field must be a field without personal data/],
    [{ kinds: ['image'], strata: [{ ...stratum, where: [{ field: 'colour', values: ['1'] }] }] }, /where\[0\]\.field must be a field of the record .* not "colour"/],
    [{ kinds: ['image'], strata: [{ ...stratum, where: [{ field: 'class', values: [] }] }] }, /where\[0\]\.values must be a list of 1 to 200/],
    [{ kinds: ['image'], strata: [{ ...stratum, where: [{ field: 'class', values: ['1'], op: 'not' }] }] }, /"op" is none of them/],
    [{ kinds: ['image'], strata: [{ name: 'x', count: 1 }, { name: 'x', count: 2 }] }, /"x" is there twice/],
    [{ kinds: ['image'], strata: [stratum], samples: [] }, /either samples/],
    [{ samples: [{ kinds: ['image'], strata: [stratum] }, { kinds: ['image'], strata: [{ each: 'maintenanceContact', count: 1 }] }] }, /samples\[1\]\.strata\[0\]\.each/],
  ]
  for (const [value, line] of refused) t.throws(() => plan(value as object), { code: 'request.invalid', message: line })
  for (const preset of ['notice', 'patrol'] as const) t.same({ ...plan(presetOf(preset)), samples: [] }, { ...presetOf(preset), samples: [] }, 'a plan that is shown can be sent back')
})

t.test('no damaged plan does more than be refused', async (t) => {
  const random = seededRandom(5)
  const odd = [null, 1, -1, 1e9, '', 'all', [], {}, 'x'.repeat(300), '\u0000', ['1'], true]
  const shake = (value: unknown): unknown => {
    if (random() < 0.12) return odd[Math.floor(random() * odd.length)]
    if (Array.isArray(value)) return value.flatMap((each) => (random() < 0.05 ? [] : [shake(each)]))
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (random() < 0.05 ? [] : [[random() < 0.03 ? `${key}x` : key, shake(each)]]))) : value
  }
  let taken = 0
  for (let round = 0; round < 3000; round++) {
    try {
      drawPlan(district, plan(shake(presetOf('notice')) as object), seed)
      taken++
    } catch (error) {
      if (!/^(request|draw)\.invalid$/.test((error as { code?: string }).code ?? '')) throw error
    }
  }
  t.ok(taken < 3000, `${taken} of 3000 were plans all the same`)
})

t.test('who is left out: exempted before not networked before filtered, all of them listed', async (t) => {
  const exemption = (n: number, more: Partial<Exemption>): Exemption => ({ n, area: '32011601', reason: '停电', document: '备 1', fromMs: 0, untilMs: 9, by: 'a', atMs: 0, ...more })
  const exemptions = [exemption(1, { camera: district[0]?.id ?? '' }), exemption(2, { area: '32011602' }), exemption(3, { area: '320117' })]
  const list = [...district.slice(0, 10), member(300, { area: '32011602' }), member(301, { area: '' })]
  const population = { isNetworkedOnly: true, leavesOutExempted: true, where: plan({ population: { where: [{ field: 'class', values: ['1', '2'] }] }, kinds: ['image'], strata: [{ count: 1 }] }).population.where }
  const { population: frame, leftOut, about, exempted } = frameOf(list, { population }, exemptions)
  t.equal(frame.length + leftOut.length, list.length, 'nobody is dropped silently')
  t.same([about.exempted, about.notNetworked], [2, 1])
  t.equal(about.filtered, leftOut.length - 3)
  t.same(exempted.map(({ cameras }) => cameras), [1, 1, 0])
  t.equal(about.sha256, createHash('sha256').update(leftOutText(leftOut)).digest('hex'))
  t.match(leftOutText(leftOut), /^32011600001320000000\texempted\t1\t32011601\tnot-networked\t1\n/)
  t.equal(frameOf(list, { population: { ...population, leavesOutExempted: false } }, exemptions).about.exempted, 0)
})

t.test('what a sample shows: the published figures for a large population, exact ones for a list', async (t) => {
  for (const [size, bound, chance] of [[20, 0.139, 0.88], [10, 0.259, 0.65], [5, 0.451, 0.41]] as const) {
    t.equal(Number(upperBound(0, size).toFixed(3)), bound)
    t.equal(Number(chanceToCatch(0.1, size).toFixed(2)), chance)
    t.ok(Math.abs(mostBad(0, 1_000_000, size) / 1e6 - bound) < 0.001, 'a large list is like a large population')
  }
  t.same([mostBad(0, 46, 20), mostBad(0, 10, 10), mostBad(3, 10, 10), leastBad(0, 46, 20), leastBad(20, 46, 20)], [4, 0, 3, 0, 42])
  // By counting: 3 of 6 drawn, 2 bad: no bad one in C(4,3) of C(6,3) draws.
  t.ok(Math.abs(chanceOfAtMost(0, 6, 2, 3) - 4 / 20) < 1e-12)
  t.ok(Math.abs(chanceOfAtMost(300, 5000, 5000, 300) - 1) < 1e-9)
  const [points, running] = showingOf(drawPlan(district, presetOf('notice'), seed).strata)
  t.match(points, { nth: 1, isProportional: false, whole: { population: 200, drawn: 20 } })
  t.equal(running?.strata.length, 2)
  for (const lang of ['zh', 'en'] as const) t.match(showingText(points?.whole ?? raise(), lang), /200.*20|20.*200/)
  t.match(showingText(showingOf(drawPlan(district, presetOf('patrol'), seed).strata)[0]?.whole ?? raise(), 'zh'), /200 路全部检查/)
})

t.test('a rate of the whole is weighted, and its interval covers the truth at least as often as it says', async (t) => {
  const strata = [{ population: 40, bad: 4, drawn: 10 }, { population: 100, bad: 20, drawn: 5 }, { population: 900, bad: 18, drawn: 5 }]
  const truth = strata.reduce((sum, { bad }) => sum + bad, 0) / 1040
  const random = seededRandom(3)
  const rounds = 2000
  let [covered, mean] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const { rate, interval95 } = weightedRate(
      strata.map(({ population, bad, drawn }) => {
        let [left, leftBad, holds] = [population, bad, 0]
        for (let n = 0; n < drawn; n++, left--) if (random() < leftBad / left) [holds, leftBad] = [holds + 1, leftBad - 1]
        return { population, checked: drawn, holds }
      }),
    )
    mean += (rate ?? NaN) / rounds
    covered += Number(interval95[0] <= truth && truth <= interval95[1])
  }
  t.ok(covered / rounds >= 0.95, `${(100 * covered) / rounds} % of the intervals hold the truth`)
  t.ok(Math.abs(mean - truth) < 0.01, `without bias: ${mean} for ${truth}`)
  t.match(weightedRate([{ population: 10, checked: 10, holds: 3 }, { population: 30, checked: 30, holds: 0 }]), { rate: 0.075, interval95: [0.075, 0.075], isNeeded: false }, 'who looks at all of them knows')
  t.match(weightedRate([{ population: 10, checked: 0, holds: 0 }, { population: 10, checked: 10, holds: 10 }]), { rate: null, interval95: [0.5, 1] })
})

t.test('a report is held against the draw: every figure and every camera', async (t) => {
  const drawn = drawPlan(district, presetOf('notice'), seed)
  const report = {
    inspection: { seed, plan: presetOf('notice'), population: drawn.population, strata: drawn.strata, drawnIn: drawn.drawnIn },
    checks: drawn.members.map((camera, index) => ({ n: index + 1, camera })),
  }
  const read = (value: unknown) => readDrawnReport(value) ?? raise()
  t.same(drawDifferences(drawn, read(report)), [])
  t.same(drawDifferences(drawn, read({ ...report, checks: report.checks.slice(0, 3) })), [], 'an unfinished one shows what it has')
  const swapped = report.checks.map((check) => (check.n === 4 ? { ...check, camera: district.find((each) => !drawn.members.includes(each)) } : check))
  t.match(drawDifferences(drawn, read({ ...report, checks: swapped })), [/^number 4: the report says 3201/])
  t.match(drawDifferences(drawn, read({ ...report, inspection: { ...report.inspection, seed: 'ff' } })), [/^seed: /])
  t.match(drawDifferences(drawn, read({ ...report, inspection: { ...report.inspection, strata: drawn.strata.slice(1) } })), [/^strata: /, /drawn|cameras/])
  t.match(drawDifferences(drawn, read({ ...report, inspection: { ...report.inspection, halves: [{ by: 'a', half: '1', salt: '0'.repeat(32), commitment: 'x' }] } })), [/^half of a: it does not fit/, /^halves: /])
  for (const other of [null, [], 'x', {}, { inspection: {}, checks: [] }, { inspection: { seed }, checks: 4 }]) t.equal(readDrawnReport(other), undefined)
})

const raise = (): never => {
  throw new Error('absent')
}
