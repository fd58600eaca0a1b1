// What was seen, as tables: per cell how many pictures were called what, and how often wrongly.
import { defaultRules } from '../../../src/inspect/index.ts'
import { isBlurred, isPlainlyBlurred, isSharp } from './conditions.ts'
import type { Blur } from './degrade.ts'
import { auc, median, wilson } from './statistics.ts'

export interface Seen {
  readonly scene: string
  readonly height: number
  readonly blur: Blur
  readonly condition: string
  /** px at 1080p height; absent where the picture was too poor to say. */
  readonly blurPx?: number
  /** CPU of everything that is measured of one picture. */
  readonly cpuMs: number
  /** Higher is more blurred. */
  readonly rivals: Readonly<Record<string, number>>
}

const { clearBelowPx, unclearFromPx } = defaultRules.sharpness
const print = (line = ''): void => void process.stdout.write(`${line}\n`)
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
const rate = (k: number, n: number): string => {
  const { rate: p, low, high } = wilson(k, n)
  return `${k}/${n} = ${percent(p)} (${percent(low)}-${percent(high)})`
}
const groups = <T, K>(items: readonly T[], key: (item: T) => K): ReadonlyMap<K, readonly T[]> => Map.groupBy(items, key)
const isUnclear = ({ blurPx }: Seen): boolean => blurPx !== undefined && blurPx >= unclearFromPx
const isClear = ({ blurPx }: Seen): boolean => blurPx !== undefined && blurPx < clearBelowPx

export function printTables(all: readonly Seen[]): void {
  print(`clear below ${clearBelowPx} px, unclear from ${unclearFromPx} px at 1080p height. Cells: median px, then pictures called clear / doubtful / unclear / undetermined`)
  for (const [height, atHeight] of groups(all, (seen) => seen.height)) {
    const columns = [...groups(atHeight, nameOf).keys()]
    print(`\n| ${height} rows | ${columns.join(' | ')} | false unclear | σ ≥ 3 called clear | AUC |`)
    print(`|---|${columns.map(() => '---|').join('')}---|---|---|`)
    for (const [condition, row] of groups(atHeight, (seen) => seen.condition)) {
      const cells = columns.map((column) => cellOf(row.filter((seen) => nameOf(seen) === column)))
      print(`| ${condition} | ${cells.join(' | ')} | ${wrongs(row).join(' | ')} |`)
    }
    print(`| all | ${columns.map(() => '').join(' | ')} | ${wrongs(atHeight).join(' | ')} |`)
    printRivals(atHeight)
  }
}

const nameOf = ({ blur }: Seen): string => `${blur.kind} ${blur.sigma}`

function cellOf(cell: readonly Seen[]): string {
  const known = cell.flatMap(({ blurPx }) => (blurPx === undefined ? [] : [blurPx]))
  const clear = cell.filter(isClear).length
  const unclear = cell.filter(isUnclear).length
  return `${median(known).toFixed(2)} ${clear}/${known.length - clear - unclear}/${unclear}/${cell.length - known.length}`
}

function wrongs(row: readonly Seen[]): readonly string[] {
  const sharp = row.filter(({ blur }) => isSharp(blur))
  const plain = row.filter(({ blur }) => isPlainlyBlurred(blur))
  return [rate(sharp.filter(isUnclear).length, sharp.length), rate(plain.filter(isClear).length, plain.length), aucOf(row, ({ blurPx }) => blurPx).toFixed(4)]
}

/** Pictures that the figure says nothing of are left out. */
function aucOf(row: readonly Seen[], figure: (seen: Seen) => number | undefined): number {
  const values = (isOne: (blur: Blur) => boolean): readonly number[] => row.filter(({ blur }) => isOne(blur)).flatMap((seen) => figure(seen) ?? [])
  return auc(values(isSharp), values(isBlurred))
}

function printRivals(row: readonly Seen[]): void {
  print(`\npooled AUC: blur in px ${aucOf(row, ({ blurPx }) => blurPx).toFixed(4)}, ${Object.keys(row[0]?.rivals ?? {}).map((name) => `${name} ${aucOf(row, ({ rivals }) => rivals[name]).toFixed(4)}`).join(', ')}`)
  print(`CPU for all that is measured of a picture: median ${median(row.map(({ cpuMs }) => cpuMs)).toFixed(1)} ms`)
}
