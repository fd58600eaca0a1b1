// What plans and draws need of a store: exemptions, two-party draws, and every set that was drawn. Rows are added and closed, never taken out.
import type { CheckKind, DrawnSet, Exemption, LeftOutMember, PopulationMember, SeedDraw } from '../types.ts'

export interface ExemptionQuery {
  /** Division that it lies in, or that lies in it; '' is everywhere. */
  readonly area: string
  readonly camera?: string
  /** In force at that moment; absent: all, those that are over too. */
  readonly atMs?: number
  /** Those with smaller numbers. */
  readonly before?: number
  readonly limit: number
}

/** A two-party draw as it is kept: halves and salts from their revealing on, whoever may see them. */
export interface KeptSeedDraw extends SeedDraw {
  readonly exempted: readonly Exemption[]
  /** What was drawn, from the second revelation on: it counts as a drawn set, whether an inspection comes of it or not. */
  readonly set?: { readonly size: number; readonly cameras: readonly string[]; readonly kinds: readonly CheckKind[] }
}

export interface DrawStore {
  /** Its number is the store's. */
  readonly addExemption: (exemption: Omit<Exemption, 'n'>) => Promise<Exemption>
  readonly exemption: (n: number) => Promise<Exemption | undefined>
  /** Newest first. */
  readonly exemptions: (query: ExemptionQuery) => Promise<readonly Exemption[]>
  /** Once; false where it is ended already. */
  readonly endExemption: (n: number, ended: NonNullable<Exemption['ended']>) => Promise<boolean>
  readonly addSeedDraw: (draw: KeptSeedDraw, population: readonly PopulationMember[], leftOut: readonly LeftOutMember[]) => Promise<void>
  readonly seedDraw: (id: string) => Promise<KeptSeedDraw | undefined>
  readonly seedDrawLists: (id: string) => Promise<{ readonly population: readonly PopulationMember[]; readonly leftOut: readonly LeftOutMember[] }>
  /** Of the area or around it, newest first. */
  readonly seedDraws: (area: string, limit: number) => Promise<readonly KeptSeedDraw[]>
  /** Everything but its lists, which stay as they were frozen. */
  readonly changeSeedDraw: (draw: KeptSeedDraw) => Promise<void>
  /** Of inspections and of two-party draws without one, of the area, around it or in it, oldest first; not of inspections that look at another's sample again. */
  readonly drawnSets: (area: string, fromMs: number, toMs: number) => Promise<readonly DrawnSet[]>
}
