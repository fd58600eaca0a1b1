// Checks of a large inspection: by page, chosen by what they came to, and never all at once.
import t from 'tap'
import type { Check, Inspection, PopulationMember } from '../inspect/index.ts'
import type { CheckList, InspectionDetail } from './schema/index.ts'
import { house, v1 } from './test/house.ts'
import { checkOf, here, inspectionOf, member } from './test/things.ts'

const size = 1200
const code = (n: number): string => `3201160000132${String(n).padStart(7, '0')}`
const members = Array.from({ length: size }, (_, index): PopulationMember => ({ ...member(code(index + 1), here), class: String(1 + (index % 3)), name: index === 700 ? '龙池南门 NORTH_9%' : `路口${index + 1}` }))
/** Every fourth fails, every fourth is for a person, the others pass; of the last two hundred nothing is done. */
const results = ['fail', 'review', 'pass', 'pass'] as const
const checks = members.slice(0, size - 200).map((camera, index): Check => {
  const result = results[index % 4]!
  return { ...checkOf(camera), n: index + 1, verdict: { result, reasons: result === 'fail' ? ['black'] : result === 'review' ? ['unclear', 'slow-response'] : [] } }
})

t.test('pages of an inspection of many: in order, each once, by what is asked; the inspection itself tells counts', async (t) => {
  const { ask, store } = await house(t)
  const base = inspectionOf('i-many', here, members[0]!)
  const ofClass = (nth: number): number => Math.ceil((size - nth) / 3)
  const strata = [0, 1, 2].map((nth) => ({ class: String(nth + 1), population: ofClass(nth), asked: ofClass(nth), drawn: ofClass(nth) }))
  const many: Inspection = { ...base, total: size, checks, draw: { ...base.draw, strata, members, drawnIn: members.map((_, index) => [index % 3]) } }
  await store.inspections.saveInspection(many, members)
  const get = async (query: string, status = 200): Promise<CheckList> => {
    const answer = await ask('viewer', 'GET', `${v1}/inspections/i-many/checks${query}`)
    t.equal(answer.statusCode, status, query)
    return answer.json()
  }
  const seen: number[] = []
  for (let [cursor, pages]: [string | undefined, number] = ['0', 0]; cursor !== undefined && pages < 20; pages++) {
    const page: CheckList = await get(`?limit=200&cursor=${cursor}`)
    seen.push(...page.items.map(({ n }) => n))
    t.equal(page.total, size)
    cursor = page.next
  }
  t.same(seen, members.map((_, index) => index + 1))
  const first = (await get('?limit=2')).items
  t.match(first, [{ n: 1, camera: { id: code(1) }, drawnIn: [0], check: { verdict: { result: 'fail', reasons: ['black'] } } }, { n: 2, drawnIn: [1] }])
  t.same(first[0]?.check?.attempts, checks[0]?.attempts, 'a check is told whole')
  for (const [query, total] of [['result=fail', 250], ['result=pass', 500], ['reason=unclear', 250], ['reason=black&result=pass', 0], ['done=false', 200], ['done=true', 1000], ['class=2', 400], ['stratum=2', 400], ['stratum=7', 0], ['stratum=0&result=review', 83]] as const) {
    const { items, total: told } = await get(`?limit=200&${query}`)
    t.equal(told, total, query)
    t.equal(items.length, Math.min(200, total), query)
  }
  t.same((await get(`?text=${encodeURIComponent('南门 north_9%')}`)).items.map(({ n }) => n), [701], 'a name, in any case, its signs taken as they are')
  t.same((await get(`?text=${code(37)}`)).items.map(({ n }) => n), [37])
  await ask('assessor', 'POST', `${v1}/inspections/i-many/checks/2/review`, { result: 'pass', reason: 'seen' })
  t.match((await get('?standing=pass&limit=1')).items, [{ n: 2, reviews: [{ result: 'pass', reason: 'seen' }] }], 'what stands is what a person said last')
  t.equal((await get('?standing=review')).total, 249)
  t.equal((await get('?result=review')).total, 250, 'the machine’s word stays')
  const detail = (await ask('viewer', 'GET', `${v1}/inspections/i-many`)).json<InspectionDetail>()
  t.match(detail, { isPaged: true, total: size, done: 1000, results: { pass: 500, fail: 250, review: 250 }, sample: { length: 0 }, checks: { length: 0 }, reviews: { length: 0 } })
  t.notOk(detail.drawnIn)
  t.ok(JSON.stringify(detail).length < 20_000, 'few bytes')
  for (const wrong of ['?limit=0', '?limit=201', '?cursor=x', '?result=good', '?stratum=-1', '?text=', '?done=perhaps', '?what=1']) await get(wrong, 400)
  t.equal((await ask('viewer', 'GET', `${v1}/inspections/i-none/checks`)).statusCode, 404)
})

t.test('a draw of before, whose sample is in its document: the same pages', async (t) => {
  const { ask, store } = await house(t)
  const few = members.slice(0, 5)
  const old = inspectionOf('i-old', here, members[0]!)
  await store.inspections.saveInspection({ ...old, total: 5, checks: checks.slice(0, 3), draw: { ...old.draw, strata: ['1', '2'].map((each) => ({ class: each, population: 2, asked: 2, drawn: 2 })), members: few } }, few)
  const get = async (query: string): Promise<CheckList> => (await ask('viewer', 'GET', `${v1}/inspections/i-old/checks?${query}`)).json()
  t.match(await get('limit=2&cursor=2'), { items: [{ n: 3, camera: { id: code(3) }, check: { n: 3 } }, { n: 4 }], next: '4', total: 5 })
  t.same((await get('stratum=1')).items.map(({ n }) => n), [2, 5], 'of one class')
  t.same((await get('stratum=9')).items, [])
  t.same((await get('result=pass')).items.map(({ n }) => n), [3])
})
