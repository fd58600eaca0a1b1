import t from 'tap'
import type { Attempt, Check, InspectionDetail, InspectionEvent, PopulationMember } from '../../api/schema/index.ts'
import { applyEvent, countOf, doneOf, pictureOf, progressOf, rejoin, type Progress } from './progress.ts'

const member = (n: number): PopulationMember => ({
  id: `3201160000132000000${n}`, name: `路口 ${n}`, class: '1', area: '320116', owner: '交警大队', policeUnit: '', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [],
})
const attempt = (n: number, outcome: Attempt['outcome']): Attempt => ({ n, isCold: true, outcome, times: {}, pictures: [], loopLagMs: 1 })
const check = (n: number, result: Check['verdict']['result']): Check => ({
  n, camera: member(n), record: { result: 'pass', findings: [] }, attempts: [attempt(1, 'ok')], verdict: { result, reasons: [] },
  evidence: [{ file: 'pictures/1.jpg', sha256: '', kind: 'picture' }, { file: 'pictures/2.jpg', sha256: '', kind: 'picture' }, { file: '1.pcapng', sha256: '', kind: 'recording' }],
})
const detail = (checks: readonly Check[]): InspectionDetail =>
  ({ id: 'i', state: 'running', sample: [member(1), member(2), member(3)], checks, total: 3 }) as unknown as InspectionDetail

const events: readonly InspectionEvent[] = [
  { type: 'started', inspection: 'i', total: 3 },
  { type: 'check-started', inspection: 'i', n: 2, camera: member(2).id, name: member(2).name },
  { type: 'attempt', inspection: 'i', n: 2, attempt: attempt(1, 'no-answer') },
  { type: 'attempt', inspection: 'i', n: 2, attempt: attempt(2, 'ok') },
  { type: 'check-done', inspection: 'i', n: 2, check: check(2, 'review') },
  { type: 'check-started', inspection: 'i', n: 3, camera: member(3).id, name: member(3).name },
  { type: 'finished', inspection: 'i', state: 'cancelled' },
]
const after = (count: number, start: Progress = progressOf(detail([check(1, 'pass')]))): Progress => events.slice(0, count).reduce(applyEvent, start)

t.test('cards fill as events come', (t) => {
  t.same(after(1).cards.map((card) => card.stage), ['done', 'waiting', 'waiting'])
  t.same(after(2).cards.map((card) => card.stage), ['done', 'running', 'waiting'])
  t.same(after(4).cards[1]?.attempts.map((each) => each.outcome), ['no-answer', 'ok'])
  t.equal(doneOf(after(5)), 2)
  t.same([countOf(after(5), 'pass'), countOf(after(5), 'review'), countOf(after(5), 'fail')], [1, 1, 0])
  t.same(after(7).cards.map((card) => card.stage), ['done', 'done', 'waiting'])
  t.equal(after(7).state, 'cancelled')
  t.equal(pictureOf(check(1, 'pass')), 'pictures/2.jpg')
  t.end()
})

t.test('hearing everything twice changes nothing, and a done card stays done', (t) => {
  t.same(events.slice(0, 6).reduce(applyEvent, after(6)), after(6))
  t.end()
})

t.test('reading it anew keeps what is known to run', (t) => {
  const read = progressOf(detail([check(1, 'pass')]))
  t.equal(rejoin(after(2), read).cards[1]?.stage, 'running')
  t.equal(rejoin(after(2), progressOf(detail([check(2, 'fail')]))).cards[1]?.stage, 'done')
  t.end()
})

t.test('pause, its reason and the time left are as the service says', (t) => {
  const pace = { total: 3, done: 1, running: 0, waiting: 2, msLeft: 8_000 }
  const held = applyEvent(after(1), { type: 'progress', inspection: 'i', state: 'paused', pausedBecause: { code: 'disk.full', detail: 'x' }, progress: pace })
  t.match(held, { state: 'paused', pace, pausedBecause: { code: 'disk.full' } })
  const on = applyEvent(held, { type: 'progress', inspection: 'i', state: 'running', progress: pace })
  t.notOk('pausedBecause' in on, 'gone when it goes on')
  t.equal(applyEvent(on, events[6] as InspectionEvent).pace, undefined)
  t.end()
})
