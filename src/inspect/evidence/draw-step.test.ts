// A draw proved from documents alone: by plans, by two sides; and every lie about it.
import { hash } from 'node:crypto'
import t from 'tap'
import { presets } from '../plan/presets.ts'
import { drawPlan } from '../plan/samples.ts'
import { commitmentOf, seedOfHalves } from '../plan/seed.ts'
import { populationText } from '../population.ts'
import type { PopulationMember } from '../types.ts'
import { drawStep } from './draw-step.ts'

const member = (n: number): PopulationMember => ({ id: `3201160000132${String(n).padStart(7, '0')}`, name: `点位 ${n}`, class: String(1 + (n % 3)), area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '', latitude: '', builtBy: n % 2 === 0 ? '1' : '5', findings: [] })
const population = Array.from({ length: 90 }, (_, n) => member(n))
const sides = [{ by: 'a', half: 'ab12', salt: '0'.repeat(32) }, { by: 'b', half: '77', salt: 'f'.repeat(32) }] as const
const halves = sides.map((side) => ({ ...side, commitment: commitmentOf(side.half, side.salt) }))
const plan = presets.find(({ name }) => name === 'notice')
if (!plan) throw new Error('no such preset')
const drawn = drawPlan(population, plan, seedOfHalves(sides[0].half, sides[1].half))
const leftOut = 'somebody\tfiltered\n'
const kept = { ...drawn, leftOut: { size: 1, sha256: hash('sha256', leftOut), exempted: 0, notNetworked: 0, filtered: 1 } }

const documents = (more: Readonly<Record<string, unknown>> = {}): ReadonlyMap<string, string> =>
  new Map(Object.entries({ 'population.tsv': populationText(population), 'left-out.tsv': leftOut, 'draw.json': kept, 'inspection.json': { plan, halves }, ...more }).flatMap(([name, value]) => (value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]])))

t.test('a plan of several samples, its seed of two sides, its list of those left out', async (t) => {
  t.match(drawStep(documents()), { ok: true, wrong: [], says: new RegExp(`${drawn.members.length} of 90, seed ${drawn.seed}, sha256-order-2`) })
})

t.test('each lie is a line', async (t) => {
  const [first, second, ...others] = kept.members
  const lines = (more: Readonly<Record<string, unknown>>): readonly string[] => drawStep(documents(more)).wrong
  t.match(lines({ 'draw.json': { ...kept, members: [second, first, ...others] } }), [/number 1 of the sample/, /number 2/])
  t.match(lines({ 'draw.json': { ...kept, members: [first, second] } }), [/the draw gives \d+ cameras, the sample has 2/])
  t.match(lines({ 'draw.json': { ...kept, members: [...kept.members, member(999)] } }), [/and the draw gives nobody/])
  t.match(lines({ 'population.tsv': populationText(population.slice(1)) }), [/not the list that was drawn from/])
  t.match(lines({ 'left-out.tsv': 'somebody else\n' }), [/left-out\.tsv is not the list/])
  t.match(lines({ 'inspection.json': { plan, halves: [{ ...halves[0], half: 'ab13' }, halves[1]] } }), [/the half of a is not the one that was committed to/, /not the one that both halves make/])
  t.match(lines({ 'inspection.json': { plan, halves: [{ by: 'a' }, { by: 'b' }] } }), [/halves of the seed/])
  for (const [name, value] of [['draw.json', '{'], ['draw.json', 'null'], ['draw.json', { members: [null] }], ['inspection.json', '7']] as const) t.match(lines({ [name]: value }), [/damaged/])
  t.match(lines({ 'inspection.json': { plan: { samples: 'x' } } }), [/cannot be drawn again/])
  t.match(lines({ 'population.tsv': undefined }), ['population.tsv is missing'])
})
