// What an inspection's check saw of a camera becomes the verified value of its record: a stream that played shows codec, size and that it is networked.
import type { Log } from '../base/index.ts'
import type { Check, Inspection, InspectionStore } from '../inspect/index.ts'
import type { FieldName, Registry, Seen } from '../registry/index.ts'

/** SXJBMGS: 2 H.264, 4 H.265. */
const encodings: Readonly<Record<string, string>> = { h264: '2', h265: '4' }

/** SPFBL by the lines of the picture, whichever way it is turned; other sizes have no code. */
function resolutionOf(width: number, height: number): string | undefined {
  const lines = Math.min(width, height)
  if (lines >= 2160) return '7'
  return ({ 1080: '6', 720: '5', 576: lines === 576 && Math.max(width, height) === 720 ? '4' : '3', 288: '2', 144: '1' } as Readonly<Record<number, string>>)[lines]
}

/** Nothing of a check that brought no stream: why it did not may lie anywhere between us and the camera. */
export function seenBy(check: Check, inspection: string): Seen | undefined {
  const { stream, attempts, evidence } = check
  if (!stream || !attempts.some(({ outcome }) => outcome === 'ok')) return undefined
  const values: Partial<Record<FieldName, string>> = { networking: 'networked' }
  const encoding = stream.codec === undefined ? undefined : encodings[stream.codec]
  if (encoding !== undefined) values.encoding = encoding
  const resolution = stream.width === undefined || stream.height === undefined ? undefined : resolutionOf(stream.width, stream.height)
  if (resolution !== undefined) values.resolution = resolution
  const recording = evidence.find(({ kind }) => kind === 'recording')
  return { values, inspection, ...(recording ? { evidence: recording.file } : {}) }
}

/** The store of inspections, which tells the registry of each check that it keeps. A record that cannot take it does not hold the inspection up. */
export function tellRegistry(store: InspectionStore, registry: Pick<Registry, 'verify'>, log: Log): InspectionStore {
  const authors = new Map<string, string>()
  const authorOf = async (id: string): Promise<string> => authors.get(id) ?? (await store.head(id))?.createdBy ?? ''
  return {
    ...store,
    saveInspection: (inspection: Inspection, population, leftOut) => {
      authors.set(inspection.id, inspection.createdBy)
      return store.saveInspection(inspection, population, leftOut)
    },
    finish: (id, state, atMs) => {
      authors.delete(id)
      return store.finish(id, state, atMs)
    },
    saveCheck: async (id, check) => {
      await store.saveCheck(id, check)
      const seen = seenBy(check, id)
      if (!seen) return
      try {
        await registry.verify(check.camera.id, seen, await authorOf(id), `inspection ${id}, check ${check.n}`)
      } catch (error) {
        log.warn({ inspection: id, check: check.n, camera: check.camera.id, error: error instanceof Error ? error.message : String(error) }, 'what the check saw is not in the record')
      }
    },
  }
}
