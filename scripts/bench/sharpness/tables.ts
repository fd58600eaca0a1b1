// What was seen, as tables: per cell how many pictures were called what, and how often wrongly; beside it the usual measures, and whether the aims are met.
import { secondFigure } from '../../../src/inspect/rules/second-figure.ts'
import { isBlurred, isPlainlyBlurred, isSharp } from './conditions.ts'
import type { Blur } from './degrade.ts'
import { auc, median, wilson } from './statistics.ts'

export interface Seen {
  readonly scene: string
  readonly half: 'tuning' | 'test'
  /** Little of the scene lies in focus (scenes.ts): counted apart. */
  readonly isShallow: boolean
  readonly height: number
  readonly blur: Blur
  readonly condition: string
  /** The original has two rows or more for each that is measured. */
  readonly isFit: boolean
  /** px at 1080p height; absent where the picture was too poor to say. */
  readonly blurPx?: number
  /** CPU of the blur figure with its masks and noise, and of the first one in the same run; of everything that is measured of one picture. */
  readonly cpuMs: number
  readonly firstCpuMs: number
  readonly allCpuMs?: number
  /** Higher is more blurred. */
  readonly rivals: Readonly<Record<string, number>>
}

const { clearBelowPx, unclearFromPx } = secondFigure.sharpness
const aims = { auc: 0.99, falseUnclear: 0.01, missed: 0.01, cpuMs: 15 } as const

const print = (line = ''): void => void process.stdout.write(`${line}\n`)
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
const rate = (k: number, n: number): string => {
  if (n === 0) return '-'
  const { rate: p, low, high } = wilson(k, n)
  return `${k}/${n} = ${percent(p)} (${percent(low)}-${percent(high)})`
}
const nameOf = ({ blur }: Seen): string => `${blur.kind} ${blur.sigma}`
const isUnclear = ({ blurPx }: Seen): boolean => blurPx !== undefined && blurPx >= unclearFromPx
const isClear = ({ blurPx }: Seen): boolean => blurPx !== undefined && blurPx < clearBelowPx
const sharpOf = (row: readonly Seen[]): readonly Seen[] => row.filter(({ blur }) => isSharp(blur))
const plainOf = (row: readonly Seen[]): readonly Seen[] => row.filter(({ blur }) => isPlainlyBlurred(blur))
const falseUnclear = (row: readonly Seen[]): string => rate(sharpOf(row).filter(isUnclear).length, sharpOf(row).length)
const calledClear = (row: readonly Seen[]): string => rate(plainOf(row).filter(isClear).length, plainOf(row).length)
const notClear = (row: readonly Seen[]): string => rate(sharpOf(row).filter((seen) => !isClear(seen)).length, sharpOf(row).length)
const notUnclear = (row: readonly Seen[]): string => rate(plainOf(row).filter((seen) => !isUnclear(seen)).length, plainOf(row).length)

/** Pictures that the figure says nothing of are left out. */
function aucOf(row: readonly Seen[], figure: (seen: Seen) => number | undefined): number {
  const values = (isOne: (blur: Blur) => boolean): readonly number[] => row.filter(({ blur }) => isOne(blur)).flatMap((seen) => figure(seen) ?? [])
  return auc(values(isSharp), values(isBlurred))
}
const blurAuc = (row: readonly Seen[]): string => aucOf(row, ({ blurPx }) => blurPx).toFixed(3)

export function printTables(all: readonly Seen[]): void {
  print(`\nclear below ${clearBelowPx} px, unclear from ${unclearFromPx} px at 1080p height; sharp: σ ≤ 0.7 px, blurred: σ ≥ 2 px, plainly blurred: σ ≥ 3 px; 95 % intervals by Wilson`)
  const fit = all.filter(({ isFit }) => isFit)
  print('\n## Pooled\n')
  print('| half | focus | rows | scenes | frames | AUC | false unclear | σ ≤ 0.7 not called clear | σ ≥ 3 called clear | σ ≥ 3 not called unclear | undetermined |')
  print('|---|---|---|---|---|---|---|---|---|---|---|')
  for (const half of ['tuning', 'test'] as const) for (const focus of ['deep', 'shallow'] as const) pooledRows(half, focus, fit)
  printAims(fit)
  for (const focus of ['deep', 'shallow'] as const) {
    const shown = fit.filter((seen) => seen.half === 'test' && seen.isShallow === (focus === 'shallow'))
    for (const [height, row] of Map.groupBy(shown, (seen) => seen.height)) printCells(height, focus, row)
  }
  printScenes(fit)
  for (const [height, row] of Map.groupBy(fit.filter((seen) => !seen.isShallow), (seen) => seen.height)) printRivals(height, row)
  const large = all.filter(({ height }) => height === 1080)
  if (large.length > 0) print(`\nCPU per 1080p frame: blur with masks and noise median ${median(large.map(({ cpuMs }) => cpuMs)).toFixed(1)} ms (aim ${aims.cpuMs}; ${median(large.map(({ cpuMs, firstCpuMs }) => cpuMs / firstCpuMs)).toFixed(2)} of the first figure's in the same run), everything that is measured ${median(large.flatMap(({ allCpuMs }) => allCpuMs ?? [])).toFixed(1)} ms`)
}

function pooledRows(half: Seen['half'], focus: 'deep' | 'shallow', all: readonly Seen[]): void {
  const ofHalf = all.filter((seen) => seen.half === half && seen.isShallow === (focus === 'shallow'))
  for (const [height, row] of Map.groupBy(ofHalf, (seen) => seen.height)) {
    if (row.length > 0) print(`| ${half} | ${focus} | ${height} | ${new Set(row.map(({ scene }) => scene)).size} | ${row.length} | ${blurAuc(row)} | ${falseUnclear(row)} | ${notClear(row)} | ${calledClear(row)} | ${notUnclear(row)} | ${row.filter(({ blurPx }) => blurPx === undefined).length} |`)
  }
}

/** The aims, on the scenes that nothing was tuned on and that a camera's lens would show: in focus near and far. */
function printAims(fit: readonly Seen[]): void {
  const test = fit.filter(({ half, isShallow, height }) => half === 'test' && !isShallow && height >= 540)
  if (test.length === 0) return
  const [sharp, plain] = [sharpOf(test), plainOf(test)]
  const said = (name: string, value: number, isMet: boolean, aim: string): void => print(`- ${name} ${value < 1 && name !== 'pooled AUC' ? percent(value) : value.toFixed(3)}, aim ${aim}: **${isMet ? 'met' : 'not met'}**`)
  const [area, wrong, missed] = [aucOf(test, ({ blurPx }) => blurPx), sharp.filter(isUnclear).length / sharp.length, plain.filter((seen) => !isUnclear(seen)).length / plain.length]
  print('\nAims, on the deep scenes of the test half at 540 rows and more:')
  said('pooled AUC', area, area >= aims.auc, `≥ ${aims.auc}`)
  said('false unclear', wrong, wrong <= aims.falseUnclear, `≤ ${percent(aims.falseUnclear)}`)
  said('σ ≥ 3 px not called unclear', missed, missed <= aims.missed, `≤ ${percent(aims.missed)}`)
  const clear = plain.filter(isClear).length / plain.length
  said('σ ≥ 3 px called clear (the rest goes to a person)', clear, clear <= aims.missed, `≤ ${percent(aims.missed)}`)
}

function printCells(height: number, focus: string, row: readonly Seen[]): void {
  const columns = [...Map.groupBy(row, nameOf).keys()]
  print(`\n## ${height} rows, test half, ${focus} focus: median px, then pictures called clear / doubtful / unclear / undetermined\n`)
  print(`| condition | ${columns.join(' | ')} |\n|---|${columns.map(() => '---|').join('')}`)
  const conditions = Map.groupBy(row, (seen) => seen.condition)
  for (const [condition, cells] of conditions) print(`| ${condition} | ${columns.map((column) => cellOf(cells.filter((seen) => nameOf(seen) === column))).join(' | ')} |`)
  print('\n| condition | AUC | false unclear | σ ≥ 3 called clear | σ ≥ 3 not called unclear |\n|---|---|---|---|---|')
  for (const [condition, cells] of conditions) print(`| ${condition} | ${blurAuc(cells)} | ${falseUnclear(cells)} | ${calledClear(cells)} | ${notUnclear(cells)} |`)
}

/** Which scenes the errors are of. */
function printScenes(fit: readonly Seen[]): void {
  print('\n## Scenes with errors\n\n| half | scene | focus | rows | AUC | false unclear | σ ≥ 3 called clear | σ ≥ 3 not called unclear |\n|---|---|---|---|---|---|---|---|')
  for (const [, row] of Map.groupBy(fit, ({ scene, height }) => `${scene} ${height}`)) {
    const [first] = row
    if (first && (sharpOf(row).some(isUnclear) || plainOf(row).some((seen) => !isUnclear(seen)))) print(`| ${first.half} | ${first.scene} | ${first.isShallow ? 'shallow' : 'deep'} | ${first.height} | ${blurAuc(row)} | ${falseUnclear(row)} | ${calledClear(row)} | ${notUnclear(row)} |`)
  }
}

function cellOf(cell: readonly Seen[]): string {
  const known = cell.flatMap(({ blurPx }) => (blurPx === undefined ? [] : [blurPx]))
  const clear = cell.filter(isClear).length
  const unclear = cell.filter(isUnclear).length
  return `${known.length === 0 ? '-' : median(known).toFixed(2)} ${clear}/${known.length - clear - unclear}/${unclear}/${cell.length - known.length}`
}

/** The usual measures: each may say "unclear" to 1 % of the sharp frames of the tuning half, and what that misses on the test half. */
function printRivals(height: number, row: readonly Seen[]): void {
  const measures: readonly (readonly [string, (seen: Seen) => number | undefined])[] = [['second figure', ({ blurPx }) => blurPx], ...Object.keys(row[0]?.rivals ?? {}).map((name) => [name, (seen: Seen) => seen.rivals[name]] as const)]
  const conditions = Map.groupBy(row, (seen) => seen.condition)
  print(`\n## ${height} rows: AUC beside the usual measures on the same frames\n`)
  print(`| condition | ${measures.map(([name]) => name).join(' | ')} |\n|---|${measures.map(() => '---|').join('')}`)
  for (const [condition, cells] of [...conditions, ['all', row] as const]) print(`| ${condition} | ${measures.map(([, figure]) => aucOf(cells, figure).toFixed(3)).join(' | ')} |`)
  const [tuning, test] = [row.filter(({ half }) => half === 'tuning'), row.filter(({ half }) => half === 'test')]
  if (tuning.length === 0 || test.length === 0) return
  print('\n| limit with 1 % false unclear on the tuning half | false unclear on the test half | σ ≥ 3 missed on the test half |\n|---|---|---|')
  for (const [name, figure] of measures) {
    const sharp = sharpOf(tuning).flatMap((seen) => figure(seen) ?? []).toSorted((a, b) => a - b)
    const limit = sharp[Math.min(sharp.length - 1, Math.ceil(sharp.length * 0.99))] ?? Infinity
    const isOver = (seen: Seen): boolean => (figure(seen) ?? -Infinity) > limit
    print(`| ${name} > ${limit.toPrecision(4)} | ${rate(sharpOf(test).filter(isOver).length, sharpOf(test).length)} | ${rate(plainOf(test).filter((seen) => !isOver(seen)).length, plainOf(test).length)} |`)
  }
}
