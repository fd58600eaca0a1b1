// Sets that were drawn before: who draws again says why, and every set stays in view. Pure.
import { AppError } from '../../base/index.ts'
import type { CheckKind, Draw, DrawnSet } from '../types.ts'

/** A set of before counts for so long: a day, whatever midnight lies between. Ours. */
export const redrawWindowMs = 86_400_000

/** Something was chosen: a stratum gave some of its cameras and not all. Who takes every one cannot draw until it suits. */
export const isChoice = ({ strata }: Pick<Draw, 'strata'>): boolean => strata.some(({ drawn, population }) => drawn > 0 && drawn < population)

/** Sets of the last day that another one would replace: of a kind in common, and not the same cameras. A draw that a side left counts: who saw the other half may not have liked what came of it. */
export function setsBefore(sets: readonly DrawnSet[], kinds: readonly CheckKind[], cameras?: readonly string[]): readonly DrawnSet[] {
  const isSame = (set: DrawnSet): boolean => !set.abandoned && cameras !== undefined && set.size === cameras.length && set.cameras.length === set.size && set.cameras.every((camera, index) => camera === cameras[index])
  return sets.filter((set) => (set.cameras.length > 0 || set.abandoned?.isChoice === true) && set.kinds.some((kind) => kinds.includes(kind)) && !isSame(set))
}

/** Throws AppError `draw.reason-needed`. */
export function insistOnReason(sets: readonly DrawnSet[], reason: string | undefined): void {
  const last = sets.at(-1)
  if (!last || (reason !== undefined && reason.trim() !== '')) return
  const what = last.abandoned ? `${last.id} of ${last.by}, left by ${last.abandoned.missing.map(({ by, step }) => `${by} without a ${step === 'reveal' ? 'revelation' : 'commitment'}`).join(' and ')}` : `${last.id} by ${last.by}`
  const when = new Date(last.atMs).toISOString().slice(0, 16).replace('T', ' ')
  throw new AppError('draw.reason-needed', `area ${last.area} has ${sets.length === 1 ? (last.abandoned ? 'a draw of two sides' : 'a drawn set') : `${sets.length} drawn sets`} of the last day (${what}, ${when} UTC): drawing again needs a reason (redrawReason), and all sets are shown`)
}

/** Of draws that do not say. */
const before: readonly CheckKind[] = ['record', 'image']

export const kindsOf = ({ strata }: Pick<Draw, 'strata'>): readonly CheckKind[] => [...new Set(strata.flatMap(({ kinds }) => kinds ?? before))]

/** What each member of a draw was drawn for, in their order; of draws of before: record and image. */
export const kindsOfMembers = ({ members, strata, drawnIn }: Draw): readonly (readonly CheckKind[])[] =>
  members.map((_, index) => kindsOf({ strata: (drawnIn?.[index] ?? []).flatMap((at) => strata[at] ?? []) })).map((kinds) => (kinds.length > 0 ? kinds : before))
