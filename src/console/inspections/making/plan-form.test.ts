import t from 'tap'
import { checkPlan, presets } from '../../../inspect/plan/index.ts'
import type { Plan } from '../../client/inspections.ts'
import { againOf, changedPlan, classesPlan, countsOf, isChanged, openingOf, startOf, sumOf, type Wish } from './plan-form.ts'

const shipped = (name: string): Plan => presets.find((plan) => plan.name === name) as Plan
const note = { zh: '（数目有改动）', en: ' (counts changed)' }
const wish = (plan: Plan, counts = countsOf(plan), more: Partial<Wish> = {}): Wish => ({ area: '320116', plan, counts, networkedOnly: false, rules: 'default@2', changedNote: note, redrawReason: '', ...more })

t.test('what ships goes by its name', (t) => {
  t.same(startOf(wish(shipped('notice')), ''), { area: '320116', rules: 'default@2', preset: 'notice' })
  t.same(startOf(wish(shipped('patrol'), undefined, { networkedOnly: true, redrawReason: ' 首次作废 ' }), 'ab'.repeat(8)), { area: '320116', rules: 'default@2', preset: 'patrol', networkedOnly: true, redrawReason: '首次作废', seed: 'ab'.repeat(8) })
  t.equal(sumOf(countsOf(shipped('notice'))), 40)
  t.equal(sumOf(countsOf(shipped('patrol'))), 'all')
  t.same(openingOf(wish(shipped('notice')), 'li', 600), { area: '320116', rules: 'default@2', preset: 'notice', other: 'li', openForS: 600 })
  t.same(againOf(wish(shipped('notice')), 'i1', ['image']), { area: '320116', rules: 'default@2', sampleOf: 'i1', kinds: ['image'] })
  t.end()
})

t.test('changed counts go as a plan of another name that the service takes; none leaves a stratum out', (t) => {
  const plan = shipped('notice')
  const counts = [[10, 0, 3], [0, 0]]
  t.ok(isChanged(plan, counts))
  const changed = changedPlan(plan, counts, note)
  t.equal(changed.name, 'notice-own')
  t.same(changed.samples.map(({ strata }) => strata.map(({ count }) => count)), [[10, 3]])
  const text = { zh: '', en: '' }
  const field = (name: string) => [name, { name, title: text, isPersonal: false, isMany: false, isPrefix: false, labels: new Map() }] as const
  t.match(checkPlan(startOf(wish(plan, counts), '').plan, new Map([field('class'), field('builtBy')])), { name: 'notice-own', samples: [{ strata: [{ count: 10 }, { count: 3 }] }] })
  t.end()
})

t.test('classes of a rule set go as classes', (t) => {
  const plan = classesPlan([{ class: '1', count: 10 }, { class: '2', count: 5 }], (code) => ({ zh: code, en: code }), note)
  t.same(startOf(wish(plan, [[2, 0]]), '').strata, [{ class: '1', count: 2 }])
  t.end()
})
