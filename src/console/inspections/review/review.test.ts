import t from 'tap'
import type { Check, Result } from '../../../api/schema/index.ts'
import { attemptLine } from './attempt-line.ts'
import { gridOf } from './grid.ts'
import { agreedResult, beside, nothingSaid, opposedResult, queueOf, standingOf, wantsOf, type Said } from './queue.ts'
import { moved, wholePicture, zoomed } from './zoom.ts'

const check = (n: number, result: Result): Check => ({ n, verdict: { result, reasons: [] } }) as unknown as Check
const said = (more: object): Said => ({ ...nothingSaid, ...more })
const review = (n: number, result: Result, atMs: number): object => ({ inspection: 'i', n, result, reason: 'r', by: 'a', atMs })

t.test('which checks want a person, and what settles them', (t) => {
  t.same(queueOf([check(1, 'pass'), check(2, 'review'), check(3, 'fail')], nothingSaid), [{ n: 2, wants: ['review'] }])
  t.same(queueOf([check(1, 'review'), check(2, 'fail')], said({ appeals: [{ id: 1, n: 2 }] })).map(({ n }) => n), [2, 1], 'appeals first')
  t.same(wantsOf(check(1, 'review'), said({ reviews: [review(1, 'pass', 5)] })), [])
  t.same(wantsOf(check(1, 'fail'), said({ reviews: [review(1, 'pass', 5), review(1, 'review', 9)] })), ['review'], 'a person may leave it open')
  t.same(wantsOf(check(1, 'fail'), said({ appeals: [{ id: 1, n: 1, decision: {} }] })), [])
  const recheck = { n: 1, doneAtMs: 7, check: check(1, 'pass') }
  t.same(wantsOf(check(1, 'fail'), said({ rechecks: [recheck] })), ['recheck-differs'])
  t.same(wantsOf(check(1, 'fail'), said({ rechecks: [recheck], reviews: [review(1, 'fail', 8)] })), [], 'a review after it settles it')
  t.same(wantsOf(check(1, 'fail'), said({ opinions: [{ n: 1, state: 'verified', atMs: 1, verifiedAtMs: 2, verdict: { result: 'pass' } }] })), ['opinion-differs'])
  t.same(wantsOf(check(1, 'fail'), said({ opinions: [{ n: 1, state: 'awaiting', atMs: 1, verdict: { result: 'pass' } }] })), [], 'what has not been computed again says nothing')
  t.equal(standingOf(check(1, 'fail'), [review(1, 'pass', 1)] as unknown as Said['reviews']), 'pass')
  t.same([agreedResult('review'), opposedResult('review'), agreedResult('pass'), opposedResult('pass')], ['fail', 'pass', 'pass', 'fail'])
  t.end()
})

t.test('next and previous, also from one that has just left the list', (t) => {
  t.equal(beside([1, 3, 5], 3, [], 1), 5)
  t.equal(beside([1, 3, 5], 1, [], -1), undefined)
  t.equal(beside([1, 5], 3, [1, 3, 5], 1), 5)
  t.equal(beside([1, 5], 3, [1, 3, 5], -1), 1)
  t.equal(beside([1, 3], 5, [1, 3, 5], 1), 1, 'round again to what was passed over')
  t.equal(beside([], 5, [5], 1), undefined)
  t.end()
})

t.test('an attempt drawn: on scale, and no label over another', (t) => {
  const line = attemptLine({ trying: 4, ok: 30, ack: 31, firstPacket: 90, firstKeyframe: 400, firstPicture: 520 }, 0)
  t.same(line.marks.map(({ step }) => step), ['invite', 'trying', 'ok', 'ack', 'firstPacket', 'firstKeyframe', 'firstPicture'])
  t.ok(line.endMs >= 520 && line.marks.every(({ at }) => at >= 0 && at <= 1))
  for (const row of new Set(line.marks.map((mark) => mark.row))) {
    const [...places] = line.marks.filter((mark) => mark.row === row).map(({ at }) => at)
    t.ok(places.every((at, index) => index === 0 || at - (places[index - 1] ?? 0) >= 0.16))
  }
  t.same(attemptLine({}, 0).marks.map(({ step }) => step), ['invite'], 'nothing came')
  t.ok(attemptLine({ ok: 10 }, 5_000).endMs >= 5_000)
  t.end()
})

t.test('a grid is read, and what is none is not', (t) => {
  const bytes = Buffer.alloc(2 * 576, 7)
  bytes[576] = 255
  const grid = gridOf(bytes.toString('base64'))
  t.same([grid?.levels.length, grid?.levels[0], grid?.covered[0], grid?.covered[1]], [576, 7, true, false])
  for (const none of [undefined, '', 'no base64 €', Buffer.alloc(10).toString('base64'), 'A'.repeat(100_000)]) t.equal(gridOf(none), undefined)
  t.end()
})

t.test('a picture never leaves its frame', (t) => {
  let zoom = zoomed(wholePicture, 2, 0.5, 0.5)
  t.same(zoom, { scale: 2, x: -0.5, y: -0.5 })
  t.same(moved(zoom, -9, 9), { scale: 2, x: -0.5, y: 0.5 })
  for (let times = 0; times < 20; times++) zoom = zoomed(zoom, 2)
  t.equal(zoom.scale, 8)
  t.same(zoomed(zoom, 0.01), wholePicture)
  t.end()
})
