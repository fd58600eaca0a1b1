// The report as a workbook: what was drawn, the rates, one row per camera, one row per attempt. Codes are text, so that no spreadsheet spoils them.
import type ExcelJS from 'exceljs'
import type { Report } from '../types.ts'
import { findingsText, limitsText, presenceText, rateRows, reasonsText, streamText } from './rows.ts'
import { bands, beijing, classes, outcomes, results, words, type Lang } from './texts.ts'

type Cell = string | number | null

/** Returns the bytes of an .xlsx file. */
export async function reportWorkbook(report: Report, lang: Lang): Promise<Buffer> {
  const w = (key: keyof typeof words): string => words[key][lang]
  // Loaded with the first report: it is large, and the service runs for months without one.
  const { default: exceljs } = await import('exceljs')
  const workbook = new exceljs.Workbook()
  workbook.creator = report.inspection.software
  workbook.created = new Date(report.inspection.finishedAt)
  const { inspection } = report

  const about = sheet(workbook, w('drawn'), [26, 80], [])
  const facts: readonly (readonly [string, Cell])[] = [
    [w('inspection'), inspection.id],
    [w('area'), inspection.area],
    [w('period'), `${beijing(inspection.startedAt)} – ${beijing(inspection.finishedAt)}`],
    [w('population'), inspection.population.size],
    [w('hash'), inspection.population.sha256],
    [w('seed'), inspection.seed],
    [w('algorithm'), inspection.algorithm],
    [w('ruleSet'), `${inspection.ruleSet.name} v${inspection.ruleSet.version}`],
    [w('software'), inspection.software],
    ...inspection.strata.map((s): [string, Cell] => [
      classes[s.class]?.[lang] ?? s.class,
      `${w('inPopulation')} ${s.population}, ${w('asked')} ${s.asked}, ${w('drawnCount')} ${s.drawn}${s.drawn < s.asked ? ` (${w('fewer')})` : ''}`,
    ]),
    ['', limitsText(report, lang)],
  ]
  for (const row of facts) about.addRow([...row])
  about.getColumn(2).alignment = { wrapText: true, vertical: 'top', horizontal: 'left' }

  const rates = sheet(workbook, w('rates'), [34, 12, 12, 24, 34], ['', w('count'), w('rate'), w('interval'), w('of')])
  for (const r of rateRows(report.summary, lang)) rates.addRow([r.name, r.count, r.rate, r.interval, r.of])

  const checks = sheet(
    workbook,
    w('checks'),
    [5, 24, 30, 9, 26, 10, 40, 12, 24, 10, 12, 44, 14, 50],
    ['#', 'SBBM', w('camera'), w('stratum'), w('owner'), w('record'), w('findings'), `${w('response')} ms`, w('picture'), w('sharpness'), 'px @1080p', w('stream'), w('verdict'), w('reasons')],
  )
  for (const check of report.checks) {
    const { camera } = check
    checks.addRow([
      check.n, camera.id, camera.name, classes[camera.class]?.[lang] ?? camera.class, camera.owner,
      check.record.result === 'pass' ? w('recordPass') : w('recordFail'), findingsText(check, lang), check.responseMs ?? null, presenceText(check, lang),
      check.picture ? bands[check.picture.sharpness.band][lang] : null, check.picture?.sharpness.blurPx ?? null, streamText(check),
      results[check.verdict.result][lang], reasonsText(check, lang),
    ])
  }
  checks.getColumn(2).numFmt = '@'

  const attempts = sheet(
    workbook,
    w('attempt'),
    [5, 24, 9, 12, 26, 8, 30, 12, 14, 16, 14, 12],
    ['#', 'SBBM', w('attempt'), w('coldAttempt'), w('outcome'), 'SIP', w('answeredBy'), `${w('ok200')} ms`, `${w('firstPacket')} ms`, `${w('firstKeyframe')} ms`, `${w('firstPicture')} ms`, `${w('lag')} ms`],
  )
  for (const check of report.checks) {
    for (const { n, isCold, outcome, sipStatus, hop, times, loopLagMs } of check.attempts) {
      attempts.addRow([check.n, check.camera.id, n, isCold ? '1' : '0', outcomes[outcome][lang], sipStatus ?? null, hop ?? null, times.ok ?? null, times.firstPacket ?? null, times.firstKeyframe ?? null, times.firstPicture ?? null, loopLagMs])
    }
  }
  attempts.getColumn(2).numFmt = '@'
  return Buffer.from(await workbook.xlsx.writeBuffer())
}

function sheet(workbook: ExcelJS.Workbook, name: string, widths: readonly number[], headings: readonly string[]): ExcelJS.Worksheet {
  const made = workbook.addWorksheet(name, { pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 } })
  made.columns = widths.map((width) => ({ width }))
  if (headings.length > 0) {
    const row = made.addRow([...headings])
    row.font = { bold: true }
    row.alignment = { wrapText: true, vertical: 'middle' }
    made.views = [{ state: 'frozen', ySplit: 1 }]
    made.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: headings.length } }
  }
  return made
}
