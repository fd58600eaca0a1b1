// What keeping evidence needs of a store: which files there are, which of them are in dispute, and who holds what back.
import type { Evidence, SigningKey } from '../types.ts'

/** Verdicts are never removed. */
export type RemovableKind = Exclude<Evidence['kind'], 'verdict'>

export interface KeptFile {
  readonly inspection: string
  readonly n: number
  readonly file: string
  readonly kind: RemovableKind
  readonly bytes?: number
  /** When its inspection began. */
  readonly atMs: number
}

/** A person says that evidence stays, and perhaps later that it need not. */
export interface Hold {
  readonly id: number
  readonly inspection: string
  /** Absent: every check of the inspection. */
  readonly n?: number
  readonly reason: string
  readonly by: string
  readonly atMs: number
  readonly released?: { readonly atMs: number; readonly by: string; readonly reason: string }
}

export interface KindTotal {
  readonly kind: RemovableKind
  readonly files: number
  readonly bytes: number
}

export interface EvidenceStore {
  /**
   * Oldest first, of inspections that are over. Left out is what is in dispute: of a check that somebody appealed, whose review differs from the verdict,
   * of which another node says otherwise, or that is held.
   */
  readonly removable: (kind: RemovableKind, beforeMs: number, limit: number) => Promise<readonly KeptFile[]>
  /** Files whose sizes nobody has noted. */
  readonly unmeasured: (limit: number) => Promise<readonly KeptFile[]>
  readonly measured: (files: readonly (KeptFile & { readonly bytes: number })[]) => Promise<void>
  readonly totals: () => Promise<readonly KindTotal[]>
  /** The files are gone; the checks that name them say since when and why. */
  readonly removed: (files: readonly KeptFile[], atMs: number, why: string) => Promise<void>
  readonly hold: (hold: Omit<Hold, 'id' | 'released'>) => Promise<Hold>
  /** Once; undefined where there is none of that number, or it is released already. */
  readonly release: (inspection: string, id: number, released: NonNullable<Hold['released']>) => Promise<Hold | undefined>
  /** Oldest first. */
  readonly holds: (inspection: string) => Promise<readonly Hold[]>
  /** Of every inspection, newest first. */
  readonly allHolds: (query: { readonly isOpen: boolean; readonly before?: number; readonly limit: number }) => Promise<readonly Hold[]>
}

/** The operator's list of keys of other installations. */
export interface SigningKeyStore {
  /** Oldest first, with those that were revoked. */
  readonly keys: () => Promise<readonly SigningKey[]>
  /** Throws AppError `conflict` for a key that is on the list. */
  readonly addKey: (key: Omit<SigningKey, 'id' | 'revoked'>) => Promise<SigningKey>
  /** Once. Throws AppError `not-found`, `conflict`. */
  readonly revokeKey: (id: number, revoked: NonNullable<SigningKey['revoked']>) => Promise<SigningKey>
}
