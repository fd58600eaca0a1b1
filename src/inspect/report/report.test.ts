import ExcelJS from 'exceljs'
import t from 'tap'
import type { Check, PopulationMember, Rate, Report } from '../types.ts'
import { outcomes, reasons, reportPage, reportWorkbook } from './index.ts'

const camera = (n: number, name: string): PopulationMember => ({
  id: `3201160000132000000${n}`, name, class: '1', area: '320116', owner: '六合分局', policeUnit: '320116510000', networking: 'networked',
  functionType: '5', longitude: '118.800137', latitude: '32.380259', builtBy: '1', findings: [],
})
const rate = (numerator: number, denominator: number): Rate => ({
  numerator, denominator, of: { zh: '抽取的摄像机', en: 'cameras drawn' }, rate: denominator === 0 ? null : numerator / denominator, interval95: denominator === 0 ? null : [0.1, 0.9],
})
const good: Check = {
  n: 1, camera: camera(1, '龙津桥<script>alert(1)</script>'), record: { result: 'pass', findings: [] },
  attempts: [{ n: 1, isCold: true, outcome: 'ok', times: { ok: 12.1, firstPacket: 20, firstKeyframe: 31.4, firstPicture: 52.25 }, pictures: [], loopLagMs: 1.5 }],
  responseMs: 52.25,
  stream: { codec: 'h264', width: 960, height: 540, fps: 25, kbps: 443, lossRate: 0, jitterMs: 0.4, packets: 900, transport: 'udp', container: 'ps' },
  picture: { present: true, frozen: false, sharpness: { blurPx: 0.24, band: 'clear' }, samples: 3 },
  verdict: { result: 'pass', reasons: [] },
  evidence: [{ file: 'recordings/01.pcapng', sha256: 'a'.repeat(64), kind: 'recording' }, { file: 'pictures/01-1-1.jpg', sha256: 'b'.repeat(64), kind: 'picture' }],
}
const bad: Check = {
  n: 2, camera: camera(2, '客运站'), record: { result: 'fail', findings: [{ field: 'longitude', rule: 'coordinates.missing', severity: 'error', message: { zh: '缺少经纬度', en: 'coordinates are missing' } }] },
  attempts: [{ n: 1, isCold: true, outcome: 'refused', sipStatus: 486, hop: 'IPC 1.0', times: {}, pictures: [], loopLagMs: 0.2 }],
  verdict: { result: 'fail', reasons: ['refused', 'record-incomplete'] },
  evidence: [],
}
const report: Report = {
  inspection: {
    id: 'i1', area: '320116', startedAt: '2026-11-20T02:00:00.000Z', finishedAt: '2026-11-20T02:00:40.000Z', seed: 'ab12', population: { size: 46, sha256: 'c'.repeat(64) },
    algorithm: 'sha256-order-1', ruleSet: { name: 'demo', version: 1 }, strata: [{ class: '1', population: 20, asked: 10, drawn: 10 }, { class: '3', population: 3, asked: 5, drawn: 3 }], software: 'yiji 0.1.0',
  },
  rules: {
    name: 'demo', version: 1, title: { zh: '演示规则', en: 'demonstration rules' }, strata: [], attempts: 2, betweenAttemptsMs: 500,
    timeouts: { answerMs: 1, firstPacketMs: 1, firstKeyframeMs: 1 }, sampling: { pictures: 3, spacingMs: 2000, windowMs: 8000 }, response: { slowMs: 2000 },
    absence: { blackMean: 1, blackP99: 1, whiteMean: 1, oneColourStd: 1, frozenDifference: 1 }, sharpness: { clearBelowPx: 1, unclearFromPx: 1.8, minBlocks: 3, minHeight: 400 }, concurrency: { total: 8, perDevice: 2 },
  },
  checks: [good, bad],
  summary: { recordComplete: rate(1, 2), responded: rate(1, 2), picturePresent: rate(1, 2), clear: rate(1, 1), passed: rate(1, 2), failed: rate(1, 2), review: rate(0, 0) },
}

t.test('the page says what was drawn, how it went and why, in both languages', async (t) => {
  const zh = reportPage(report, new Map(), 'zh')
  const en = reportPage(report, new Map(), 'en')
  for (const needle of ['c'.repeat(64), 'ab12', 'sha256-order-1', 'demo v1', '2026-11-20 10:00:00', '1/2', '50.0 %', '10.0 % – 90.0 %', '486', 'IPC 1.0']) {
    t.ok(zh.includes(needle), `zh names ${needle}`)
    t.ok(en.includes(needle), `en names ${needle}`)
  }
  t.ok(zh.includes('缺少经纬度') && zh.includes('设备拒绝') && zh.includes('该类不足应抽数'))
  t.ok(en.includes('coordinates are missing') && en.includes('refused') && en.includes('fewer than asked exist'))
})

t.test('the page needs nothing from outside and lets no name become markup', async (t) => {
  const page = reportPage(report, new Map([['pictures/01-1-1.jpg', Buffer.from([0xff, 0xd8])]]), 'zh')
  t.notOk(page.includes('<script>'), 'a camera name is text')
  t.ok(page.includes('&lt;script&gt;'))
  t.notMatch(page, /(src|href)="(?!data:|#)/, 'no address but data and anchors')
  t.ok(page.includes('data:image/jpeg;base64,/9g='))
  t.equal(page, reportPage(report, new Map([['pictures/01-1-1.jpg', Buffer.from([0xff, 0xd8])]]), 'zh'), 'the same report gives the same page')
})

t.test('the workbook keeps codes as text and opens again', async (t) => {
  const workbook = new ExcelJS.Workbook()
  const bytes = await reportWorkbook(report, 'zh')
  await workbook.xlsx.load(bytes as unknown as ArrayBuffer)
  t.same(workbook.worksheets.map((sheet) => sheet.name), ['抽取了什么', '比率', '逐路结果', '次数'])
  const checks = workbook.getWorksheet('逐路结果')
  t.equal(checks?.getCell('B2').value, good.camera.id)
  t.equal(checks?.getCell('H2').value, 52.25)
  t.equal(checks?.getCell('M3').value, '不合格')
  t.equal(workbook.getWorksheet('次数')?.getCell('F3').value, 486)
})

t.test('every code has a sentence in both languages', async (t) => {
  for (const [code, text] of Object.entries({ ...outcomes, ...reasons })) t.ok(text.zh.length > 0 && text.en.length > 0, code)
})
