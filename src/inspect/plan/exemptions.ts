// The list of exempted cameras and areas (报备): added, ended early with a reason, never changed and never taken out.
import { AppError, type Clock } from '../../base/index.ts'
import type { Exemption } from '../types.ts'
import type { DrawStore, ExemptionQuery } from './needs.ts'

/** A longer exemption is filed again, so that nothing is forgotten in the list. Ours. */
const longestMs = 366 * 86_400_000

export type NewExemption = Omit<Exemption, 'n' | 'atMs' | 'ended'>

export interface Exemptions {
  /** Throws AppError `request.invalid`. */
  readonly add: (exemption: NewExemption) => Promise<Exemption>
  /** From now on it no longer holds; what it held for stays. Throws AppError `not-found`, `conflict`, `request.invalid`. */
  readonly end: (n: number, by: string, reason: string) => Promise<Exemption>
  readonly get: (n: number) => Promise<Exemption | undefined>
  /** Newest first. */
  readonly list: (query: ExemptionQuery) => Promise<readonly Exemption[]>
}

export function createExemptions({ store, clock }: { readonly store: DrawStore; readonly clock: Clock }): Exemptions {
  return {
    add: async (exemption) => {
      const { area, camera, fromMs, untilMs, reason, document } = exemption
      if (!/^\d{2,20}$/.test(area)) throw new AppError('request.invalid', `"${area}" is no division: an exemption lies in one of 2 digits or more`)
      if (camera !== undefined && camera.trim() === '') throw new AppError('request.invalid', 'camera is empty: give its code, or an area instead')
      if (reason.trim() === '' || document.trim() === '') throw new AppError('request.invalid', 'an exemption needs its reason and the number of the document that asks for it')
      if (!(untilMs > fromMs)) throw new AppError('request.invalid', 'an exemption ends after it begins: untilMs must be later than fromMs')
      if (untilMs - fromMs > longestMs) throw new AppError('request.invalid', 'an exemption lasts a year at most: file the rest when it is near')
      if (untilMs <= clock.wallMs()) throw new AppError('request.invalid', 'this exemption would be over already: nothing is exempted afterwards')
      return store.addExemption({ ...exemption, reason: reason.trim(), document: document.trim(), atMs: clock.wallMs() })
    },
    end: async (n, by, reason) => {
      const found = await store.exemption(n)
      if (!found) throw new AppError('not-found', `there is no exemption ${n}`)
      if (reason.trim() === '') throw new AppError('request.invalid', 'ending an exemption needs its reason')
      const ended = { atMs: clock.wallMs(), by, reason: reason.trim() }
      if (found.untilMs <= ended.atMs) throw new AppError('conflict', `exemption ${n} is over already`)
      if (!(await store.endExemption(n, ended))) throw new AppError('conflict', `exemption ${n} was ended already`)
      return { ...found, ended }
    },
    get: (n) => store.exemption(n),
    list: (query) => store.exemptions(query),
  }
}

/** Whether it holds at that moment. */
export const isInForce = ({ fromMs, untilMs, ended }: Exemption, atMs: number): boolean => fromMs <= atMs && atMs < untilMs && (ended === undefined || atMs < ended.atMs)

/** An area may have so many in force; beyond, the area itself is exempted. Ours. */
const mostInForce = 20_000

/** All that hold in the area now. Throws AppError `draw.invalid` when they are too many to look through. */
export async function exemptionsInForce(store: Pick<DrawStore, 'exemptions'>, area: string, atMs: number): Promise<readonly Exemption[]> {
  const found = await store.exemptions({ area, atMs, limit: mostInForce + 1 })
  if (found.length > mostInForce) throw new AppError('draw.invalid', `more than ${mostInForce} exemptions are in force in area ${area}: exempt divisions instead of cameras`)
  return found
}
