import t from 'tap'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../base/index.ts'
import { planFields } from '../service/plan-fields.ts'
import { draw } from './draw.ts'
import { checkPlan, commitmentOf, drawPlan, presetOf, seedOfHalves } from './plan/index.ts'
import { parsePopulation, populationSha256, populationText } from './population.ts'
import type { PopulationMember } from './types.ts'

const member = (id: string, over: Partial<PopulationMember> = {}): PopulationMember => ({
  id, name: `camera ${id}`, class: '1', area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [], ...over,
})
const district = (count: number): PopulationMember[] => Array.from({ length: count }, (_, n) => member(`3201160000132${String(n).padStart(7, '0')}`, { class: String(1 + (n % 3)) }))
const seed = '00112233445566778899aabbccddeeff'
const notice = [{ class: '1', count: 10 }, { class: '2', count: 5 }, { class: '3', count: 5 }]

t.test('the commands of docs/draw.md draw what this code draws', async (t) => {
  const document = readFileSync(new URL('../../docs/draw.md', import.meta.url), 'utf8')
  const blocks = [...document.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }))
  const list = blocks.find(({ language }) => language === 'tsv')?.text ?? ''
  const scripts = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text)
  const printed = blocks.filter(({ language }) => language === '').map(({ text }) => text)
  const folder = t.testdir()
  writeFileSync(join(folder, 'population.tsv'), list)
  const run = scripts.map((script) => execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' }))
  t.same(run, printed, 'the document shows what its commands print')

  const members = parsePopulation(list)
  const printedBy = (text: string): string => run[scripts.findIndex((script) => script.includes(text))] ?? ''
  const codes = (text: string): readonly string[] => text.trim().split('\n').map((line) => line.slice(66))
  const drawn = draw(members, { seed: '3f9a0c5b7e21d486', strata: [{ class: '1', count: 2 }, { class: '2', count: 1 }, { class: '3', count: 3 }] })
  t.equal(populationText(members), list)
  t.equal(`${drawn.population.sha256}\n`, run[0])
  t.same(drawn.members.map(({ id }) => id), codes(printedBy('class_and_count')))
  t.match(drawn.strata, [
    { class: '1', population: 4, asked: 2, drawn: 2 },
    { class: '2', population: 2, asked: 1, drawn: 1 },
    { class: '3', population: 2, asked: 3, drawn: 2 },
  ])

  const two = presetOf('notice')
  const second = { ...two, samples: two.samples.map((sample) => ({ ...sample, strata: sample.strata.map((stratum) => ({ ...stratum, count: sample.name === 'running' ? 2 : 0 })) })) }
  const again = drawPlan(members, second, '3f9a0c5b7e21d486')
  t.equal(again.algorithm, 'sha256-order-2')
  t.same(again.members.map(({ id }) => id), codes(printedBy('draw 2 2')), 'the second sample')

  const [first, other, salts] = ['00000000000000000000000000412536', '7c2f90e1', ['9b1d5f0c27e84a3690aa7c15d2e3f848', '5e6a1c09f4d84b27a3c0be7719d2f651']] as const
  const said = [commitmentOf(first, salts[0]), commitmentOf(other, salts[1]), seedOfHalves(first, other)]
  t.same(printedBy('half()').trim().split('\n').map((line) => line.slice(14)), said, 'commitments and seed of two sides')
  const plans = blocks.filter(({ language }) => language === 'json').map(({ text }) => checkPlan(JSON.parse(text), planFields))
  t.match(plans, [{ population: { isNetworkedOnly: true }, samples: [{ strata: [{ where: [{ match: 'part', values: ['8'] }] }, { each: { field: 'managementUnit' } }] }] }], 'the plan that is shown is one')
})

t.test('the draw does not depend on the order of the list, and takes a seed in either case', async (t) => {
  const members = district(60)
  const drawn = draw(members, { seed, strata: notice })
  t.equal(drawn.members.length, 20)
  t.same(draw([...members].reverse(), { seed: seed.toUpperCase(), strata: notice }), drawn)
  t.equal(new Set(drawn.members.map(({ id }) => id)).size, 20, 'without replacement')
  t.notSame(draw(members, { seed: `${seed}00`, strata: notice }).members, drawn.members)
})

t.test('a class that no one has, and a count of none', async (t) => {
  const drawn = draw(district(9), { seed, strata: [{ class: '9', count: 3 }, { class: '2', count: 0 }] })
  t.same(drawn.members, [])
  t.match(drawn.strata, [{ class: '9', population: 0, asked: 3, drawn: 0 }, { class: '2', population: 3, asked: 0, drawn: 0 }])
})

t.test('each camera has the same chance', async (t) => {
  const random = seededRandom(4)
  const members = Array.from({ length: 30 }, (_, n) => member(`code-${n}`))
  const times = new Map<string, number>()
  const rounds = 3000
  for (let round = 0; round < rounds; round++) {
    const one = createHash('sha256').update(String(random())).digest('hex')
    for (const { id } of draw(members, { seed: one, strata: [{ class: '1', count: 10 }] }).members) times.set(id, (times.get(id) ?? 0) + 1)
  }
  // Chi-square with 29 degrees of freedom stays below 58.3 with a chance of 99.9 %; drawing without replacement narrows it further.
  const expected = rounds / 3
  const chiSquare = members.reduce((sum, { id }) => sum + ((times.get(id) ?? 0) - expected) ** 2 / expected, 0)
  t.ok(chiSquare < 58.3, `chi-square ${chiSquare.toFixed(1)}`)
})

t.test('what cannot be drawn from is refused', async (t) => {
  const refused: readonly (readonly [string, () => unknown])[] = [
    ['a short seed', () => draw(district(3), { seed: '0123456789abcde', strata: notice })],
    ['a long seed', () => draw(district(3), { seed: '0'.repeat(65), strata: notice })],
    ['a seed that is not hexadecimal', () => draw(district(3), { seed: '0123456789abcdeg', strata: notice })],
    ['a code twice', () => draw([member('1'), member('1')], { seed, strata: notice })],
    ['a code with a blank', () => populationSha256([member('1 2')])],
    ['an empty code', () => populationSha256([member('')])],
    ['a class twice', () => draw(district(3), { seed, strata: [...notice, { class: '1', count: 1 }] })],
    ['half a camera', () => draw(district(3), { seed, strata: [{ class: '1', count: 0.5 }] })],
    ['a list without classes', () => parsePopulation('34020000001320000001\n')],
    ['JSON that is none', () => parsePopulation('[{')],
  ]
  for (const [name, attempt] of refused) t.throws(attempt, { name: 'AppError', code: 'draw.invalid' }, name)
})

t.test('a published list is read again as it was written', async (t) => {
  const members = [member('b', { name: '泰山路\t与\r\n园林西路' }), member('a', { owner: '' })]
  const text = populationText(members)
  t.equal(text, 'a\t1\t320116\t\tp\tnetworked\t5\t118.8\t32.3\t1\tcamera a\nb\t1\t320116\to\tp\tnetworked\t5\t118.8\t32.3\t1\t泰山路 与 园林西路\n')
  t.equal(populationText(parsePopulation(text)), text)
  t.equal(populationText(parsePopulation(`\uFEFF${text.replaceAll('\n', '\r\n')}`)), text, 'through a spreadsheet')
  t.equal(populationText(parsePopulation(JSON.stringify(members))), text)
  t.equal(populationSha256(members), createHash('sha256').update(text).digest('hex'))
  t.same(draw(parsePopulation('a\t1\nb\t2\n'), { seed, strata: [{ class: '2', count: 1 }] }).members.map(({ id }) => id), ['b'], 'code and class are enough to draw')
})
