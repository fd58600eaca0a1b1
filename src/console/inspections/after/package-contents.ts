// What a package would hold of the files that checks left: how many, how large, and how many are no longer kept.
import type { Check } from '../../../api/schema/index.ts'

export const kinds = ['recordings', 'keyframes', 'pictures'] as const
export type Part = (typeof kinds)[number]
const ofKind = { recordings: 'recording', keyframes: 'keyframe', pictures: 'picture' } as const

export interface PartContents {
  readonly files: number
  readonly bytes: number
  readonly removed: number
}

export function contentsOf(checks: readonly Pick<Check, 'evidence'>[]): Readonly<Record<Part, PartContents>> {
  const all = checks.flatMap(({ evidence }) => evidence)
  const of = (part: Part): PartContents => {
    const own = all.filter(({ kind }) => kind === ofKind[part])
    const kept = own.filter(({ removedAt }) => removedAt === undefined)
    return { files: kept.length, bytes: kept.reduce((sum, { size = 0 }) => sum + size, 0), removed: own.length - kept.length }
  }
  return { recordings: of('recordings'), keyframes: of('keyframes'), pictures: of('pictures') }
}

/** As the address of a package takes them. */
export const partsText = (parts: readonly Part[]): string => (parts.length === 0 ? 'none' : parts.join(','))
