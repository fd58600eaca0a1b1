import { readFileSync } from 'node:fs'
import ExcelJS from 'exceljs'
import t from 'tap'
import type { Report } from '../types.ts'
import { shippedRuleSets } from '../rules/index.ts'
import { ruleRows } from './rule-rows.ts'
import { hasFigureName } from './texts/index.ts'
import { outcomes, pageOf, reasons, reportDocument, reportJson, reportSheets, workbookBytes } from './index.ts'
import { bytesOf, hostileNames, inspectionOf, sampleReport, textOf } from './test/samples.ts'

const jpeg = Buffer.from([0xff, 0xd8])
const page = (report: Report, lang: 'zh' | 'en', number?: string): Promise<string> => textOf(pageOf(reportDocument(report, lang, number === undefined ? {} : { number }), async (file) => (file.includes('-1-1') ? jpeg : undefined)))
const workbook = async (report: Report, lang: 'zh' | 'en'): Promise<ExcelJS.Workbook> => {
  const read = new ExcelJS.Workbook()
  await read.xlsx.load((await bytesOf(workbookBytes(reportSheets(report, lang, report.checks.map((check) => check.camera)), { software: 'yiji', createdAt: report.inspection.finishedAt }))) as unknown as ArrayBuffer)
  return read
}

t.test('the page says who, what was drawn, how it went and why, in either language and not in both', async (t) => {
  const report = sampleReport()
  const [zh, en] = [await page(report, 'zh', '六视频办〔2026〕8号'), await page(report, 'en')]
  for (const needle of [report.inspection.population.sha256, '3f9a0c5b7e21d486', 'sha256-order-1', 'default v', '2026-11-20 10:00:00', '486', 'IPC/2.0', 'SHA256:Zm9v', 'assessor', 'yiji draw --population']) {
    t.ok(zh.includes(needle), `zh names ${needle}`)
    t.ok(en.includes(needle), `en names ${needle}`)
  }
  t.match(zh, /六视频办〔2026〕8号/)
  for (const words of ['核查方法', '总体与抽样', '由核查人当场输入', '该类不足应抽数', '如何手工复核抽样', '按层', '不能说明什么', '至少抽中一路的机会', '复核与申诉', '附录 A', '附录 B', '盖章', '江苏省南京市六合区', '现场核实']) t.ok(zh.includes(words), words)
  for (const words of ['Method', 'Population and draw', 'typed in by the assessor', 'How to draw again by hand', 'By stratum', 'can and cannot show', 'chance to meet one', 'Reviews and appeals', 'Appendix A', 'stamp']) t.ok(en.includes(words), words)
  const abandoned = { expiresAtMs: Date.UTC(2026, 10, 20, 3), missing: [{ by: 'office', step: 'reveal' }, { by: 'third', step: 'commit' }], isChoice: true } as const
  const left = { ...report, inspection: { ...report.inspection, draws: [{ id: 'd-left', of: 'seed-draw', area: '320116', plan: 'classes', kinds: ['image'], seed: '', populationSha256: 'ab', size: 0, cameras: [], by: 'assessor, office', atMs: abandoned.expiresAtMs, state: 'expired', abandoned }] } as const }
  t.match(await page(left, 'zh'), /d-left[\s\S]*assessor, office[\s\S]*已过期: office 未公开；third 未提交承诺；限时 2026-11-20 11:00:00/)
  t.match(await page(left, 'en'), /d-left[\s\S]*assessor, office[\s\S]*expired: office did not reveal; third did not commit; time until 2026-11-20 11:00:00/)
  t.notMatch(en, /核查方法|合格|结论/, 'an English report has no Chinese headings')
  t.notMatch(zh, /What this sample|Reviews and appeals|Appendix/, 'nor a Chinese one English')
})

t.test('each rate of the whole and of each stratum has numerator, denominator, its name and an exact interval', async (t) => {
  const report = sampleReport()
  const zh = await page(report, 'zh')
  const { passed } = report.summary
  t.ok(zh.includes(`${passed.numerator}/${passed.denominator}`))
  t.ok(zh.includes(`${((passed.interval95?.[0] ?? 0) * 100).toFixed(1)} %`))
  t.equal((zh.match(/已检查的点位数/g) ?? []).length >= 15, true, 'the whole and two strata')
  t.ok(zh.includes('13.9 %') && zh.includes('25.9 %'), 'upper bounds of 20 and of 10 without a fault')
})

t.test('the page needs nothing from outside, runs nothing, and is the same for the same report', async (t) => {
  const report = sampleReport()
  const text = await page(report, 'zh')
  t.notMatch(text, /(src|href)="(?!data:|#)/, 'no address but data and anchors')
  t.notMatch(text, /<script|onerror=|javascript:|@import|url\(/i)
  t.ok(text.includes('data:image/jpeg;base64,/9g='))
  t.equal(text, await page(report, 'zh'))
})

t.test('no name becomes markup, a formula, or a broken file', async (t) => {
  const report = sampleReport(hostileNames.length, 3, hostileNames)
  const text = await page(report, 'zh')
  t.notMatch(text, /<script|<img src=x|<w:p/)
  t.ok(text.includes('&lt;script&gt;'))
  t.notMatch(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202e]|[\ud800-\udbff](?![\udc00-\udfff])/)
  const checks = (await workbook(report, 'zh')).getWorksheet('逐路结果')
  for (const [index, name] of hostileNames.entries()) {
    const cell = checks?.getCell(index + 2, 3)
    t.equal(cell?.formula, undefined, `${JSON.stringify(name.slice(0, 20))} is no formula`)
    t.ok(cell?.value === null || typeof cell?.value === 'string')
  }
  t.equal(checks?.getCell(4, 3).value, hostileNames[2])
  t.equal(JSON.parse(await textOf(reportJson(report))).checks[2].camera.name, hostileNames[2], 'JSON keeps names as they are')
})

t.test('the workbook: one row per camera, numbers as numbers, times as dates in Beijing, codes as text, heads that stay', async (t) => {
  const report = sampleReport()
  const book = await workbook(report, 'zh')
  t.same(book.worksheets.map((sheet) => sheet.name), ['封面', '比率', '分层', '逐路结果', '调取', '档案问题', '指标', '复核', '规则集', '总体', '豁免', '抽取记录', '证据'])
  const checks = book.getWorksheet('逐路结果')
  t.equal(checks?.rowCount, 21)
  for (const check of report.checks) {
    t.equal(checks?.getCell(check.n + 1, 2).value, check.camera.id)
    t.equal(checks?.getCell(check.n + 1, 13).value ?? undefined, check.responseMs)
  }
  t.same(checks?.views[0]?.state, 'frozen')
  const rates = book.getWorksheet('比率')
  t.equal(rates?.getCell('E2').value, report.summary.recordComplete.rate)
  t.match(rates?.getCell('E2').numFmt, /%/)
  t.same(book.getWorksheet('复核')?.getCell('D3').value, new Date((report.reviews?.[0]?.atMs ?? 0) + 8 * 3_600_000), 'a date, in Beijing')
  t.equal(book.getWorksheet('总体')?.getCell('L2').value, 1, 'drawn cameras carry their number')
  t.ok((book.getWorksheet('规则集')?.rowCount ?? 0) > 20)
  t.equal(book.getWorksheet('证据')?.rowCount, 1 + report.checks.flatMap((check) => check.evidence).length)
  const en = await workbook(report, 'en')
  t.notMatch(en.worksheets.map((sheet) => sheet.name).join(), /[\u4e00-\u9fff]/)
})

t.test('an inspection that was not finished says so on its cover', async (t) => {
  t.match(await page({ ...sampleReport(), state: 'cancelled', total: 30 }, 'zh'), /核查被取消.*20 \/ 30/s)
})

t.test('report.json is the value itself', async (t) => {
  const report = sampleReport(3)
  t.same(JSON.parse(await textOf(reportJson(report))), JSON.parse(JSON.stringify(report)))
  t.same(JSON.parse(await textOf(reportJson({ ...report, checks: [] }))).checks, [])
})

t.test('every code has a sentence in both languages', async (t) => {
  for (const [code, text] of Object.entries({ ...outcomes, ...reasons })) t.ok(text.zh.length > 0 && text.en.length > 0, code)
})

t.test('every figure of the shipped rule sets has a meaning and a basis, every figure of a verdict a name, in both languages', async (t) => {
  for (const rules of shippedRuleSets)
    for (const lang of ['zh', 'en'] as const)
      for (const { name, meaning, basis } of ruleRows(rules, lang)) {
        t.ok(meaning !== '' && meaning !== name && basis !== '', `${name}: ${meaning}`)
        if (lang === 'en') t.notMatch(meaning, /[\u4e00-\u9fff]/)
      }
  const sources = ['judge-figures.ts', 'running.ts', 'device.ts'].map((file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')).join('\n')
  const codes = [...sources.matchAll(/(?:figure|atMost|plain|least)\('([a-z-]+)'|code: '([a-z-]+)', value/g)].map(([, one, other]) => one ?? other ?? '')
  t.ok(codes.length > 20, `${codes.length} codes`)
  for (const code of codes) t.ok(hasFigureName(code), code)
})

t.test('a patrol of ten thousand: the page stays small and shows what failed, the workbook has every camera', { timeout: 240_000 }, async (t) => {
  const report = sampleReport(10_000, 7)
  t.equal(inspectionOf(1, 7).checks.length, 1)
  const failed = report.checks.filter((check) => check.verdict.result === 'fail')
  t.ok(failed.length > 1_000, `${failed.length} failed`)
  let bytes = 0
  let cards = 0
  let longest = 0
  for await (const piece of pageOf(reportDocument(report, 'zh'), async () => jpeg)) {
    bytes += Buffer.byteLength(piece)
    longest = Math.max(longest, piece.length)
    cards += (piece.match(/<article /g) ?? []).length
  }
  t.equal(cards, 100)
  t.ok(bytes < 3_000_000, `${bytes} bytes`)
  t.ok(longest < 1_000_000, `longest piece ${longest}`)
  let size = 0
  for await (const piece of workbookBytes(reportSheets(report, 'zh'), { software: 'yiji', createdAt: report.inspection.finishedAt })) size += piece.length
  t.ok(size > 1_000_000, `${size} bytes of workbook`)
  t.comment(`page ${bytes}, workbook ${size}`)
})
