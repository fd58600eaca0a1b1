import t from 'tap'
import type { Collected } from './collection.ts'
import type { Failure } from './exchange.ts'
import type { FileItem, RecordType } from '../manscdp/index.ts'
import { halve, queryRecords, recordingKey, type Slice } from './records.ts'

const channelId = '32011600001310000001'
const hour = 3_600_000
const query = { channelId, fromMs: 0, toMs: 24 * hour }
const file = (startMs: number): FileItem => ({ deviceId: channelId, name: `at ${startMs}`, startMs, endMs: startMs + hour })
const collected = (more: Partial<Collected<FileItem, Failure>>): Collected<FileItem, Failure> => ({ items: [], isComplete: true, isAnswered: true, isReportedEmpty: false, isCut: false, sumNum: 0, attempts: 1, reason: '', ...more })

/** A recorder with a file each hour that sends no more than `most` of them at once, whatever it tells. */
function recorder(most: number, refuses?: (recordType: RecordType | undefined) => Failure | undefined) {
  const asked: { readonly slice: Slice; readonly recordType: RecordType | undefined }[] = []
  let leavesTypeOut = false
  const ask = (slice: Slice, recordType: RecordType | undefined): Promise<Collected<FileItem, Failure>> => {
    asked.push({ slice, recordType })
    const failure = refuses?.(recordType)
    if (failure) return Promise.resolve(collected({ isAnswered: false, isComplete: false, failure }))
    const there = Array.from({ length: 24 }, (_, i) => file(i * hour)).filter(({ startMs = 0, endMs = 0 }) => endMs > slice.fromMs && startMs < slice.toMs)
    return Promise.resolve(collected({ items: there.slice(0, most), sumNum: there.length, isComplete: there.length <= most }))
  }
  return { asked, run: (more: object = {}) => queryRecords({ ...query, ...more }, { ask, leavesTypeOut, onTypeLeftOut: () => (leavesTypeOut = true) }), remembered: () => leavesTypeOut }
}

t.test('a whole answer is one query, sorted and without doubles', async (t) => {
  const { asked, run } = recorder(100)
  const outcome = await run()
  t.match(outcome, { ok: true, value: { isComplete: true, isCut: false, missing: [] } })
  t.equal(outcome.ok && outcome.value.items.length, 24)
  t.same(asked.map(({ recordType }) => recordType), ['all'])
  t.equal(recordingKey(file(1)), recordingKey({ ...file(1), fileSize: 5 }))
})

t.test('an answer that stays incomplete is asked in halves, and doubles across their border count once', async (t) => {
  const { asked, run } = recorder(8)
  const outcome = await run()
  if (!outcome.ok) return t.fail(outcome.detail)
  t.match(outcome.value, { isComplete: true, missing: [] })
  t.same(outcome.value.items.map(({ startMs }) => startMs), Array.from({ length: 24 }, (_, i) => i * hour))
  t.equal(asked.length, 7)
})

t.test('halving has an end, and what stayed incomplete is named with what came', async (t) => {
  const { asked, run } = recorder(0)
  const outcome = await run()
  if (!outcome.ok) return t.fail(outcome.detail)
  t.ok(asked.length <= 16, `${asked.length} queries`)
  t.equal(outcome.value.isComplete, false)
  t.ok(outcome.value.missing.every(({ told, got }) => told > 0 && got === 0))
  const covered = outcome.value.missing.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
  t.equal(covered, 24 * hour, 'no time is lost')
  t.same(halve({ fromMs: 0, toMs: 1_000_000 }), [])
})

t.test('Type is left out for who refuses it, and that is remembered (Q54)', async (t) => {
  const refusal: Failure = { ok: false, reason: 'refused', sipStatus: 400, detail: '400 Bad Request' }
  const { asked, run, remembered } = recorder(100, (recordType) => (recordType === 'all' ? refusal : undefined))
  t.match(await run(), { ok: true, value: { isComplete: true } })
  t.same(asked.map(({ recordType }) => recordType), ['all', undefined])
  t.ok(remembered())
  await run()
  t.equal(asked.at(-1)?.recordType, undefined)
  t.equal(asked.length, 3)
})

t.test('who refuses everything, or is not there, ends with that', async (t) => {
  const refusal: Failure = { ok: false, reason: 'refused', sipStatus: 403, hop: 'NVR/1', detail: '403 Forbidden' }
  t.same(await recorder(100, () => refusal).run(), refusal)
  const gone: Failure = { ok: false, reason: 'offline', detail: 'gone' }
  const offline = recorder(100, () => gone)
  t.same(await offline.run(), gone)
  t.equal(offline.asked.length, 1)
  const typed = recorder(100, () => refusal)
  await typed.run({ recordType: 'alarm' })
  t.same(typed.asked.map(({ recordType }) => recordType), ['alarm'], 'a type that was asked for is not left out')
})

t.test('nothing recorded is an answer (Q55)', async (t) => {
  const outcome = await queryRecords(query, { ask: () => Promise.resolve(collected({ isReportedEmpty: true })), leavesTypeOut: false, onTypeLeftOut: () => {} })
  t.match(outcome, { ok: true, value: { items: [], isComplete: true } })
})
