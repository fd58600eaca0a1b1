// Records as people keep them: declared, changed, retired, taken over from a catalog, verified; each write with its history and its findings.
import { AppError, type Clock, type Log } from '../base/index.ts'
import { adopt, type Adoption } from './adopt.ts'
import { alter, declare, judge, normaliseFields, refusals, retire, type Author, type Written } from './camera.ts'
import { recordAt, valuesOf, type Report } from './history.ts'
import type { Reconciler } from './reconcile/reconciler.ts'
import { readChannel } from './reported.ts'
import type { RuleContext } from './rules.ts'
import type { Camera, Records, RegistryStore } from './types.ts'
import { verify } from './verified.ts'

/** Drafts taken over in one request. Ours: one transaction of some 100 ms. */
export const maxAdopted = 500

export interface RecordsOptions {
  readonly store: RegistryStore
  readonly clock: Clock
  readonly log: Log
  readonly context: () => RuleContext
  readonly reconciler: Reconciler
  readonly records: <T>(task: () => Promise<T>) => Promise<T>
}

export function createRecords({ store, clock, log, context, reconciler, records }: RecordsOptions): Records {
  /** Findings and completeness as the rules and outlines of now see the record: those in the store may be older than the outlines. */
  const fresh = (camera: Camera): Camera => (camera.isDraft ? camera : { ...camera, ...judge(camera.declared, context()) })
  const existing = async (id: string): Promise<Camera> => {
    const camera = await store.camera(id)
    if (!camera) throw new AppError('not-found', `there is no record of camera ${id}`)
    return camera
  }
  const write = async (written: readonly Written[]): Promise<void> => {
    const cameras = written.map(({ camera }) => camera)
    await store.saveCameras(cameras, written.flatMap(({ changes }) => changes), { found: await reconciler.findingsOf(cameras), atMs: clock.wallMs() })
  }
  const writeOne = async (written: Written): Promise<Camera> => {
    if (written.changes.length > 0) await write([written])
    return written.camera
  }
  const expectVersion = (camera: Camera, version: number | undefined): void => {
    if (version !== undefined && version !== camera.version) {
      throw new AppError('conflict', `the record of camera ${camera.id} was changed in the meantime (version ${camera.version}, not ${version}): read it again`)
    }
  }
  /** What each device reports of a camera; where its own no longer lists it, what it said last. */
  const reportsOf = async ({ id, reported }: Camera): Promise<readonly Report[]> => {
    const listed = (await store.reports([id])).map(({ deviceId, channel, saidAtMs, missingSinceMs }) => ({
      deviceId,
      fields: readChannel(channel),
      ...(saidAtMs === undefined ? (reported?.deviceId === deviceId ? { atMs: reported.atMs } : {}) : { atMs: saidAtMs }),
      ...(missingSinceMs === undefined ? {} : { missingSinceMs }),
    }))
    const isThere = listed.some(({ deviceId }) => deviceId === reported?.deviceId)
    return reported && !isThere ? [...listed, { deviceId: reported.deviceId, fields: reported.fields, atMs: reported.atMs, missingSinceMs: reported.atMs }] : listed
  }

  return {
    cameras: async (query) => {
      const page = await store.cameras(query)
      return { ...page, items: page.items.map(fresh) }
    },
    camera: async (id) => {
      const camera = await store.camera(id)
      return camera && fresh(camera)
    },
    population: async (area) => (await store.population(area)).map(fresh),
    history: (id) => store.history(id),
    drafts: (area, deviceId, limit) => store.drafts(area, deviceId, limit),
    cameraAt: async (id, atMs) => {
      const now = await existing(id)
      const past = recordAt(now, await reportsOf(now), await store.history(id), atMs)
      if (!past) return undefined
      const { reports, ...record } = past
      const report = reports.find(({ deviceId }) => deviceId === now.reported?.deviceId) ?? reports[0]
      const judged = past.isDraft ? { findings: [] } : judge(past.declared, { ...context(), nowMs: atMs })
      // No version: what is seen of the past is not what is changed.
      return { ...record, ...(report ? { reported: { fields: report.fields, deviceId: report.deviceId, atMs, raw: {} } } : {}), ...judged, presence: 'unknown', version: 0, updatedAtMs: atMs }
    },
    values: async (id) => {
      const camera = await existing(id)
      return valuesOf(camera, await reportsOf(camera), await store.history(id))
    },

    create: (declared, by, why) =>
      records(async () => {
        const fields = normaliseFields(declared)
        const [reason] = refusals(fields)
        if (reason !== undefined) throw new AppError('camera.invalid', reason)
        const before = await store.camera(fields.code ?? '')
        if (before && !before.isDraft && !before.isRetired) throw new AppError('conflict', `camera ${before.id} has a record already`)
        return writeOne(declare(before, fields, { by, why }, context()))
      }),
    change: (id, fields, by, why, version) =>
      records(async () => {
        const before = await existing(id)
        expectVersion(before, version)
        return writeOne(alter(before, fields, { by, why }, context()))
      }),
    retire: (id, by, why, version) =>
      records(async () => {
        const before = await existing(id)
        expectVersion(before, version)
        return writeOne(retire(before, { by, why }, clock.wallMs()))
      }),
    verify: (id, seen, by, why) =>
      records(async () => {
        const written = verify(await existing(id), seen, { by, why }, clock.wallMs())
        await write([written])
        return fresh(written.camera)
      }),
    adopt: (id, adoption, by, why, version) =>
      records(async () => {
        const before = await existing(id)
        expectVersion(before, version)
        const written = adopt(before, adoption, { by, why }, context())
        if (!written.ok) throw new AppError(written.code, written.reason)
        return writeOne(written)
      }),
    adoptMany: (ids, adoption, by, why) =>
      records(async () => {
        if (ids.length > maxAdopted) throw new AppError('request.invalid', `${ids.length} channels are more than ${maxAdopted} at one go: take them over in parts`)
        const author: Author = { by, why }
        const drafts = await store.camerasById([...new Set(ids)])
        const skipped: { readonly id: string; readonly reason: string }[] = ids.filter((id) => !drafts.some((draft) => draft.id === id)).map((id) => ({ id, reason: `there is no record of camera ${id}` }))
        const written: Written[] = []
        const common: Adoption = { ...adoption, fields: { ...adoption.fields } }
        for (const draft of drafts) {
          const one = adopt(draft, common, author, context())
          if (one.ok) written.push(one)
          else skipped.push({ id: draft.id, reason: one.reason })
        }
        if (written.length > 0) await write(written)
        log.info({ by, adopted: written.length, skipped: skipped.length }, 'channels taken over as records')
        return { adopted: written.map(({ camera }) => camera.id), skipped }
      }),
  }
}
