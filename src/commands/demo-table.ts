// What the demonstration prints at its end: the summary, and each verdict beside the fault that the simulator was told to show.
import type { Check, Report } from '../inspect/index.ts'
import type { ScenarioTruth } from '../simulator/index.ts'

export interface Comparison {
  readonly check: Check
  readonly truth: ScenarioTruth
  readonly agrees: boolean
}

/** A verdict agrees when its result and its set of reasons are the truth's: a reason too many is a difference too. */
export function compare(report: Report, truths: ReadonlyMap<string, ScenarioTruth>): readonly Comparison[] {
  return report.checks.map((check) => {
    const truth = truths.get(check.camera.id)
    if (!truth) throw new Error(`camera ${check.camera.id} is not in the scenario`)
    const found = [...check.verdict.reasons].sort().join()
    return { check, truth, agrees: check.verdict.result === truth.result && found === [...truth.reasons].sort().join() }
  })
}

export function progressLine(check: Check, total: number): string {
  const time = check.responseMs === undefined ? '' : `, first picture after ${check.responseMs.toFixed(0)} ms`
  const why = check.verdict.reasons.length === 0 ? '' : ` (${check.verdict.reasons.join(', ')})`
  return `[${String(check.n).padStart(2)}/${total}] ${pad(check.camera.name, 28)} class ${check.camera.class}: ${check.verdict.result}${why}${time}`
}

export function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ check, truth, agrees }) => [
    String(check.n),
    check.camera.id,
    check.camera.name,
    check.responseMs === undefined ? '-' : check.responseMs.toFixed(0),
    check.picture?.sharpness.blurPx === undefined ? '-' : check.picture.sharpness.blurPx.toFixed(2),
    check.verdict.result,
    check.verdict.reasons.join(' ') || '-',
    truth.fault,
    agrees ? 'agrees' : 'DIFFERS',
  ])
  return table(['#', 'code', 'camera', 'ms', 'blur px', 'verdict', 'reasons', 'simulated fault', ''], rows)
}

export function summaryTable(report: Report): string {
  const { scores, afterReview: _afterReview, ...rates } = report.summary
  const rows = Object.entries(rates).map(([name, rate]) => [
    name,
    `${rate.numerator}/${rate.denominator}`,
    rate.rate === null ? '-' : `${(rate.rate * 100).toFixed(1)} %`,
    rate.interval95 === null ? '-' : `${(rate.interval95[0] * 100).toFixed(1)} - ${(rate.interval95[1] * 100).toFixed(1)} %`,
    rate.of.en,
  ])
  const score = scores ? `\n\nscore ${scores.value ?? '-'} = ${scores.formula.en}` : ''
  return table(['rate', 'count', 'rate', '95 % interval', 'of'], rows) + score
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(displayWidth(heading), ...rows.map((row) => displayWidth(row[column] ?? ''))))
  const line = (cells: readonly string[]): string => cells.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ').trimEnd()
  return [line(headings), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - displayWidth(text)))
/** Columns a terminal gives the text: East Asian characters take two. */
const displayWidth = (text: string): number => [...text].reduce((sum, character) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1), 0)
