// Keeps evidence as the rules say: what is too old goes once a day, the oldest when there is too much, of a patrol's good checks all but a picture at once;
// and says whether the disk has room to record. What was removed is named in its check, with its hash; what is in dispute is never touched.
import { rm, readdir, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock, Log } from '../base/index.ts'
import { ageBound, dayMs, goneFrom, isPatrol, patrolReason, removalOrder, sizeReason, thinned, type EvidenceStore, type InspectionStore, type KeepingRules, type KeptFile, type KindTotal } from '../inspect/index.ts'

/** Ours: sizes and the disk are looked at so often; the first time after a start when cameras that register again have had their turn. */
const [everyMs, firstMs] = [600_000, 90_000]
/** Ours: while something is recorded the disk may fill quickly. */
const roomMs = 5_000
const batch = 500

export interface KeepEvidenceParts {
  readonly store: EvidenceStore
  readonly evidenceDir: string
  readonly rules: KeepingRules
  readonly clock: Clock
  readonly log: Log
  /** Of the disk that evidence is on. */
  readonly freeBytes?: () => Promise<number>
}

export interface KeptEvidence {
  readonly totals: readonly KindTotal[]
  readonly freeBytes: number
  readonly hasRoom: boolean
  /** When it was last looked through, and what went then. */
  readonly sweptAtMs?: number
  readonly removedFiles?: number
  readonly removedBytes?: number
  /** As configured. */
  readonly rules: KeepingRules
}

export interface EvidenceKeeper {
  /** False while the disk is too full to record. */
  readonly hasRoom: () => boolean
  readonly state: () => Promise<KeptEvidence>
  /** Looks through everything now. Runs one at a time. */
  readonly sweep: () => Promise<void>
  /** Nothing of this inspection goes until it is let go. */
  readonly use: (inspection: string) => () => void
  /** Inspections' store, which keeps of a patrol what the rules say. */
  readonly over: (store: InspectionStore) => InspectionStore
  readonly close: () => Promise<void>
}

export async function keepEvidence(parts: KeepEvidenceParts): Promise<EvidenceKeeper> {
  const { store, evidenceDir, rules, clock, log } = parts
  const freeBytes = parts.freeBytes ?? (async () => statfs(evidenceDir).then(({ bavail, bsize }) => bavail * bsize, () => Number.POSITIVE_INFINITY))
  const used = new Map<string, number>()
  let free = await freeBytes()
  let agedAtMs: number | undefined
  let last: Pick<KeptEvidence, 'sweptAtMs' | 'removedFiles' | 'removedBytes'> = {}
  let isOpen = true
  let running: Promise<void> = Promise.resolve()
  const hasRoom = (): boolean => free >= rules.minFreeBytes

  /** Files first: what a power cut leaves behind is found again by its row. */
  const remove = async (files: readonly KeptFile[], why: string): Promise<void> => {
    for (const { inspection, file, kind } of files) {
      const path = join(evidenceDir, inspection, file)
      await rm(path, { force: true })
      if (kind === 'recording') await removeCuts(path)
    }
    await store.removed(files, clock.wallMs(), why)
    const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0)
    last = { ...last, removedFiles: (last.removedFiles ?? 0) + files.length, removedBytes: (last.removedBytes ?? 0) + bytes }
    log.info({ files: files.length, bytes, why }, 'evidence was removed')
  }
  const measure = async (): Promise<void> => {
    for (;;) {
      const files = await store.unmeasured(batch)
      if (files.length === 0 || !isOpen) return
      const sizes = await Promise.all(files.map(async (file) => ({ ...file, bytes: await stat(join(evidenceDir, file.inspection, file.file)).then(({ size }) => size, () => 0) })))
      await store.measured(sizes)
    }
  }
  const removable = async (kind: KeptFile['kind'], beforeMs: number): Promise<readonly KeptFile[]> => (await store.removable(kind, beforeMs, batch)).filter(({ inspection }) => !used.has(inspection))
  const byAge = async (): Promise<void> => {
    for (const kind of removalOrder) {
      const bound = ageBound(kind, rules, clock.wallMs())
      for (let files = bound ? await removable(kind, bound.beforeMs) : []; bound && files.length > 0 && isOpen; files = await removable(kind, bound.beforeMs)) await remove(files, bound.why)
    }
  }
  const bySize = async (): Promise<void> => {
    if (rules.maxBytes === 0) return
    let over = (await store.totals()).reduce((sum, { bytes }) => sum + bytes, 0) - rules.maxBytes
    for (const kind of removalOrder) {
      while (over > 0 && isOpen) {
        const enough: KeptFile[] = []
        for (const file of await removable(kind, Number.MAX_SAFE_INTEGER)) {
          if (over <= 0) break
          enough.push(file)
          over -= file.bytes ?? 0
        }
        if (enough.length === 0) break
        await remove(enough, sizeReason(rules.maxBytes))
      }
    }
    if (over > 0) log.warn({ overBytes: over }, 'evidence takes more than evidence.gb, and what is left is in dispute or still running')
  }
  const look = async (isDue: boolean): Promise<void> => {
    try {
      last = { sweptAtMs: clock.wallMs(), removedFiles: 0, removedBytes: 0 }
      await measure()
      if (isDue) await byAge()
      if (isDue) agedAtMs = clock.wallMs()
      await bySize()
      free = await freeBytes()
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'evidence could not be looked through')
    }
  }
  const sweep = (isDue: boolean): Promise<void> => (running = running.then(() => look(isDue)))

  let cancelSweep = clock.after(firstMs, function again() {
    void sweep(agedAtMs === undefined || clock.wallMs() - agedAtMs >= dayMs).finally(() => {
      if (isOpen) cancelSweep = clock.after(everyMs, again)
    })
  })
  let cancelRoom = clock.after(roomMs, function again() {
    void freeBytes()
      .then((bytes) => {
        if (bytes < rules.minFreeBytes && hasRoom()) log.error({ freeBytes: bytes, minFreeBytes: rules.minFreeBytes }, 'the disk is too full: inspections pause until there is room (evidence.disk.mb)')
        free = bytes
      })
      .finally(() => {
        if (isOpen) cancelRoom = clock.after(roomMs, again)
      })
  })
  return {
    hasRoom,
    state: async () => ({ totals: await store.totals(), freeBytes: free, hasRoom: hasRoom(), ...last, rules }),
    sweep: () => sweep(true),
    use: (inspection) => {
      used.set(inspection, (used.get(inspection) ?? 0) + 1)
      let isLet = false
      return () => {
        if (isLet) return
        isLet = true
        const left = (used.get(inspection) ?? 1) - 1
        if (left > 0) used.set(inspection, left)
        else used.delete(inspection)
      }
    },
    over: (inspections) => {
      const patrols = new Map<string, boolean>()
      const isThinned = async (id: string): Promise<boolean> => {
        const known = patrols.get(id) ?? isPatrol((await inspections.head(id))?.plan)
        patrols.set(id, known)
        return known
      }
      return {
        ...inspections,
        finish: (id, state, atMs) => {
          patrols.delete(id)
          return inspections.finish(id, state, atMs)
        },
        saveCheck: async (id, check) => {
          const files = rules.patrol === 'picture' && (await isThinned(id)) ? thinned(check) : []
          if (files.length === 0) return inspections.saveCheck(id, check)
          for (const { file } of files) await rm(join(evidenceDir, id, file), { force: true })
          await inspections.saveCheck(id, { ...check, evidence: goneFrom(check.evidence, new Set(files.map(({ file }) => file)), clock.wallMs(), patrolReason) })
        },
      }
    },
    close: async () => {
      isOpen = false
      cancelSweep()
      cancelRoom()
      await running
    },
  }
}

/** What earlier ends of the service had cut off of this recording. */
async function removeCuts(path: string): Promise<void> {
  const begins = `${basename(path, '.pcapng')}.`
  for (const name of await readdir(dirname(path)).catch(() => [])) if (name.startsWith(begins) && name.endsWith('.cut')) await rm(join(dirname(path), name), { force: true })
}
