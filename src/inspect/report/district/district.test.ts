import t from 'tap'
import type { InspectionHead } from '../../types.ts'
import { createDistrict, districtDocument, districtSheets, pageOf, periodOf } from '../index.ts'
import { bytesOf, inspectionOf, textOf } from '../test/samples.ts'
import { workbookBytes } from '../workbook/write.ts'

const districtOf = (count: number, size = 20) => {
  const district = createDistrict()
  for (let month = 0; month < count; month++) {
    const { checks, ...head } = inspectionOf(size, month + 1, { id: `i-${month}`, startedAtMs: Date.UTC(2026, month, 5, 2) })
    district.begin(head satisfies InspectionHead)
    for (const check of checks) district.add(check, check.verdict.result)
  }
  return district.result({ area: '320116', areaName: '江苏省南京市六合区', from: '2026-01-01', to: '2026-12-31', madeAt: '2026-12-31T00:00:00.000Z', isCut: false })
}

// Real documents on a busy machine: more than tap's own half minute.
t.setTimeout(240_000)

t.test('rates over time, by class, by owner, with denominators; who failed again', async (t) => {
  const summary = districtOf(6)
  t.equal(summary.inspections.length, 6)
  t.equal(summary.checks, 120)
  t.equal(summary.cameras, 20, 'the same twenty codes each time')
  for (const groups of [summary.byClass, summary.byOwner]) {
    t.equal(groups.reduce((sum, { passed }) => sum + passed.denominator, 0), 120, 'every check in one group')
    for (const { passed, failed } of groups) t.ok(passed.numerator + failed.numerator <= passed.denominator && failed.interval95 !== null)
  }
  const lows = summary.byOwner.map(({ failed }) => failed.interval95?.[0] ?? 0)
  t.same(lows, [...lows].sort((a, b) => b - a), 'the worst owners first, by the lower bound')
  t.ok(summary.repeated.length > 0)
  for (const camera of summary.repeated) t.ok(camera.failed >= 2 && camera.failures.length === Math.min(10, camera.failed) && camera.checked === 6)
  t.equal(summary.repeated.every(({ failed }, index, all) => index === 0 || failed <= (all[index - 1]?.failed ?? 0)), true)
})

t.test('as page and workbook, in either language, with nothing from outside', async (t) => {
  const summary = districtOf(6)
  const zh = await textOf(pageOf(districtDocument(summary, 'zh', 'yiji'), async () => undefined))
  const en = await textOf(pageOf(districtDocument(summary, 'en', 'yiji'), async () => undefined))
  for (const words of ['历次核查', '按管理单位', '多次不合格的摄像机', '<svg', '江苏省南京市六合区']) t.ok(zh.includes(words), words)
  t.notMatch(en, /核查|合格/)
  t.notMatch(zh, /(src|href)="(?!data:|#)|<script/)
  t.same(districtSheets(summary, 'zh').map(({ name }) => name), ['封面', '历次核查', '按类别', '按管理单位', '多次不合格的摄像机'])
  t.ok((await bytesOf(workbookBytes(districtSheets(summary, 'en'), { software: 'yiji', createdAt: summary.madeAt }))).length > 5_000)
})

t.test('what stands is counted, and the machine’s count is beside it', async (t) => {
  const district = createDistrict()
  const { checks, ...head } = inspectionOf(20, 1, { id: 'i', startedAtMs: Date.UTC(2026, 1, 5, 2) })
  district.begin(head)
  const failing = checks.find(({ verdict }) => verdict.result === 'fail')
  for (const check of checks) district.add(check, check === failing ? 'pass' : check.verdict.result, check === failing)
  const summary = district.result({ area: '320116', from: '2026-01-01', to: '2026-12-31', madeAt: '2026-12-31T00:00:00.000Z', isCut: false })
  const [row] = summary.inspections
  t.equal(row?.failed.numerator, (row?.machine.failed.numerator ?? 0) - 1)
  t.equal(row?.passed.numerator, (row?.machine.passed.numerator ?? 0) + 1)
  t.equal(row?.reviewed, 1)
  t.match(await textOf(pageOf(districtDocument(summary, 'zh', 'yiji'), async () => undefined)), new RegExp(`机器 ${row?.machine.failed.numerator}`))
})

t.test('nothing was inspected: it says so', async (t) => {
  t.match(await textOf(pageOf(districtDocument(districtOf(0), 'zh', 'yiji'), async () => undefined)), /该期间没有完成的核查/)
})

t.test('a period is two days in Beijing', async (t) => {
  t.same(periodOf('2026-11-20', '2026-11-20'), { fromMs: Date.parse('2026-11-19T16:00:00Z'), toMs: Date.parse('2026-11-20T16:00:00Z') - 1 })
  for (const [from, to] of [['2026-11-21', '2026-11-20'], ['2026-02-30', '2026-03-01'], ['x', '2026-01-01'], ['2026-13-01', '2027-01-01'], ['', '']] as const) t.equal(periodOf(from, to), undefined, `${from} ${to}`)
})
