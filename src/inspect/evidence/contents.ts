// What goes into a package: the documents of an inspection, and of the evidence its verdicts name what was asked for and is still there. Pure.
import type { Appeal, Check, Evidence, Inspection, Opinion, Recheck, Review } from '../types.ts'
import type { AbsentFile, FileKind } from './manifest.ts'
import type { Hold } from './needs.ts'

/** Documents are always in it. */
export const packageParts = ['recordings', 'keyframes', 'pictures'] as const
export type PackagePart = (typeof packageParts)[number]

export interface PackageWish {
  /** All when absent. */
  readonly parts?: readonly PackagePart[]
  /** One check alone: its record, its evidence and what was said of it, and nothing of the others. */
  readonly check?: number
}

export interface PackageDocument {
  readonly path: string
  readonly text: string
}

/** Evidence that belongs into the package, if its file is there. */
export interface WantedFile {
  readonly evidence: Evidence
  readonly check: number
}

const partOf: Readonly<Record<Evidence['kind'], PackagePart | undefined>> = { recording: 'recordings', keyframe: 'keyframes', picture: 'pictures', verdict: undefined }

export const checksOf = ({ checks }: Pick<Inspection, 'checks'>, wish: PackageWish): readonly Check[] => checks.filter(({ n }) => wish.check === undefined || n === wish.check)

/** What came after the verdicts, in order; each beside them. */
export interface Aftermath {
  readonly reviews: readonly Review[]
  readonly appeals: readonly Appeal[]
  readonly rechecks: readonly Recheck[]
  readonly opinions: readonly Opinion[]
  /** What persons held back from removal, and released. */
  readonly holds?: readonly Hold[]
}

/** `rechecks` leave evidence like checks, under the number of theirs. */
export function evidenceOf(inspection: Pick<Inspection, 'checks'>, { rechecks }: Pick<Aftermath, 'rechecks'>, wish: PackageWish): { readonly wanted: readonly WantedFile[]; readonly absent: readonly AbsentFile[] } {
  const wanted: WantedFile[] = []
  const absent: AbsentFile[] = []
  const again = rechecks.flatMap(({ n, check }) => (check && (wish.check === undefined || n === wish.check) ? [check] : []))
  for (const { n, evidence: list } of [...checksOf(inspection, wish), ...again]) {
    for (const evidence of list) {
      const part = partOf[evidence.kind]
      if (evidence.removedAt !== undefined) absent.push({ ...named(evidence, n), because: 'removed', removedAt: evidence.removedAt, why: evidence.removedWhy ?? '' })
      else if (wish.parts && part && !wish.parts.includes(part)) absent.push({ ...named(evidence, n), because: 'left-out' })
      else wanted.push({ evidence, check: n })
    }
  }
  return { wanted, absent }
}

/** Of evidence that should be there and is not. */
export const missing = ({ evidence, check }: WantedFile): AbsentFile => ({ ...named(evidence, check), because: 'missing' })

const named = ({ file, sha256, kind }: Evidence, check: number): { readonly path: string; readonly sha256: string; readonly kind: FileKind; readonly check: number } => ({ path: file, sha256, kind, check })

/** Beside the population's own files. What an inspection holds apart from checks, rules and draw is in inspection.json. */
export function documentsOf(inspection: Inspection, { reviews, appeals, rechecks, opinions, holds = [] }: Aftermath, wish: PackageWish): readonly PackageDocument[] {
  const { draw, rules, checks: _checks, ...facts } = inspection
  const wanted = <T extends { readonly n: number }>(things: readonly T[]): readonly T[] => things.filter(({ n }) => wish.check === undefined || n === wish.check)
  return [
    { path: 'inspection.json', text: json(facts) },
    { path: 'draw.json', text: json(draw) },
    { path: 'rules.json', text: json(rules) },
    { path: 'reviews.json', text: json(wanted(reviews)) },
    { path: 'appeals.json', text: json(wanted(appeals)) },
    { path: 'rechecks.json', text: json(wanted(rechecks)) },
    { path: 'opinions.json', text: json(wanted(opinions)) },
    { path: 'holds.json', text: json(holds.filter(({ n }) => wish.check === undefined || n === undefined || n === wish.check)) },
    ...(wish.check === undefined ? [] : [{ path: 'check.json', text: json(checksOf(inspection, wish)[0]) }]),
  ]
}

/** Files that came with appeals, and recordings of other nodes: where they are in the inspection's folder. */
export function attachmentsOf({ appeals, opinions }: Pick<Aftermath, 'appeals' | 'opinions'>, wish: PackageWish): readonly { readonly file: string; readonly check: number }[] {
  const isWanted = ({ n }: { readonly n: number }): boolean => wish.check === undefined || n === wish.check
  const files = [...appeals.filter(isWanted).flatMap(({ n, files: sent }) => sent.map(({ file }) => ({ file, check: n }))), ...opinions.filter(isWanted).flatMap(({ n, file }) => (file === undefined ? [] : [{ file, check: n }]))]
  return files.filter(({ file }, index) => files.findIndex((each) => each.file === file) === index)
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`
