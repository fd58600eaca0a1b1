// Reconciliation over the store: what catalogs and presence say of records is looked up, the rules decide, what they find is kept.
import type { Clock } from '../../base/index.ts'
import { kindOf } from '../code.ts'
import type { FindingSteps, Found } from '../finding-types.ts'
import { readChannel } from '../reported.ts'
import type { Camera, KeptReport, RegistryStore } from '../types.ts'
import { areaOfPlatform, isPlatform } from './listed.ts'
import { reconcile } from './reconcile.ts'
import type { Platform, ReconcileContext, ReconcileOptions, Standing } from './types.ts'

/** Records that are looked at in one go: some 5 ms. */
const part = 100

export interface ReconcilerOptions {
  readonly store: RegistryStore
  readonly clock: Clock
  readonly options: ReconcileOptions
  /** Alone with the records, and a turn for everything else after it. */
  readonly inPart: <T>(task: () => Promise<T>) => Promise<T>
}

export interface Reconciler {
  /** What reconciliation finds of these records as they are here. Call it where records are written. */
  readonly findingsOf: (cameras: readonly Camera[]) => Promise<readonly Found[]>
  /** Reads these records, and keeps what is found. A record whose device no longer lists it takes over what another one reports. */
  readonly again: (ids: Iterable<string>) => Promise<FindingSteps>
  /** Records that no catalog lists, of the area whose platform has just given a complete one. */
  readonly unlisted: (deviceId: string) => Promise<FindingSteps>
  /** A device was approved, gave a catalog, or lost it: who is a platform is asked again. */
  readonly forget: () => void
}

export const noSteps: FindingSteps = { opened: 0, reopened: 0, fixed: 0, standing: 0 }
export const addSteps = (a: FindingSteps, b: FindingSteps): FindingSteps => ({ opened: a.opened + b.opened, reopened: a.reopened + b.reopened, fixed: a.fixed + b.fixed, standing: a.standing + b.standing })

export function createReconciler({ store, clock, options, inPart }: ReconcilerOptions): Reconciler {
  let platforms: Promise<readonly Platform[]> | undefined
  const context = async (): Promise<ReconcileContext> => {
    platforms ??= store.completePlatforms().then((ids) => ids.filter(isPlatform).map((id) => ({ id, area: areaOfPlatform(id) })))
    return { ...options, nowMs: clock.wallMs(), platforms: await platforms }
  }

  const standingsOf = async (cameras: readonly Camera[]): Promise<ReadonlyMap<string, Standing>> => {
    const rows = await store.standings(cameras.map(({ id }) => id))
    const reportedBy = new Map(cameras.map(({ id, reported }) => [id, reported?.deviceId]))
    // What the record's own device reports is in the record; of the few that others list too the rest is read.
    const several = rows.filter(({ id, listings }) => listings.some(({ deviceId, missingSinceMs }) => missingSinceMs === undefined && deviceId !== reportedBy.get(id)))
    const reports = several.length === 0 ? [] : await store.reports(several.map(({ id }) => id))
    const told = new Map(reports.map((report) => [`${report.cameraId} ${report.deviceId}`, report]))
    const withFields = (id: string, listing: Standing['listings'][number]): Standing['listings'][number] => {
      const report = told.get(`${id} ${listing.deviceId}`)
      return report ? { ...listing, fields: readChannel(report.channel) } : listing
    }
    return new Map(rows.map((row) => [row.id, { ...row, listings: row.listings.map((listing) => withFields(row.id, listing)) }]))
  }

  const judge = async (cameras: readonly Camera[], standings: ReadonlyMap<string, Standing>): Promise<readonly Found[]> => {
    const now = await context()
    return cameras.flatMap((camera) => reconcile(camera, standings.get(camera.id) ?? { id: camera.id, listings: [], isDevice: false, isPulled: false }, now))
  }

  /** The record with the report of a device that lists it, where its own no longer does. */
  const handedOver = async (cameras: readonly Camera[], standings: ReadonlyMap<string, Standing>): Promise<readonly Camera[]> => {
    const lists = (camera: Camera, deviceId: string | undefined): boolean => standings.get(camera.id)?.listings.some((each) => each.deviceId === deviceId && each.missingSinceMs === undefined) === true
    const heirs = cameras.filter((camera) => !lists(camera, camera.reported?.deviceId) && standings.get(camera.id)?.listings.some(({ missingSinceMs }) => missingSinceMs === undefined))
    if (heirs.length === 0) return []
    const reports = await store.reports(heirs.map(({ id }) => id))
    return heirs.flatMap((camera) => {
      const heir = reports.find((report) => report.cameraId === camera.id && report.missingSinceMs === undefined)
      return heir ? [{ ...camera, reported: reportedOf(heir, clock.wallMs()) }] : []
    })
  }

  const againPart = async (ids: readonly string[]): Promise<FindingSteps> => {
    const cameras = await store.camerasById(ids)
    if (cameras.length === 0) return noSteps
    const standings = await standingsOf(cameras)
    const changed = new Map((await handedOver(cameras, standings)).map((camera) => [camera.id, camera]))
    if (changed.size > 0) await store.saveCameras([...changed.values()], [])
    const current = cameras.map((camera) => changed.get(camera.id) ?? camera)
    return store.keepFindings(await judge(current, standings), clock.wallMs())
  }
  const again = async (ids: Iterable<string>): Promise<FindingSteps> => {
    let steps = noSteps
    const cameras = [...ids].filter((id) => kindOf(id) === 'camera' || kindOf(id) === 'other')
    for (let at = 0; at < cameras.length; at += part) steps = addSteps(steps, await inPart(() => againPart(cameras.slice(at, at + part))))
    return steps
  }

  return {
    findingsOf: async (cameras) => {
      const found: Found[] = []
      for (let at = 0; at < cameras.length; at += part) {
        const some = cameras.slice(at, at + part)
        found.push(...(await judge(some, await standingsOf(some))))
      }
      return found
    },
    again,
    unlisted: async (deviceId) => {
      let steps = noSteps
      if (!isPlatform(deviceId)) return steps
      const area = areaOfPlatform(deviceId)
      for (let after: string | undefined = ''; after !== undefined; ) {
        const from: string = after
        const page: { readonly ids: readonly string[]; readonly next?: string } = await inPart(() => store.unlisted(area, from))
        steps = addSteps(steps, await again(page.ids))
        after = page.next
      }
      return steps
    },
    forget: () => {
      platforms = undefined
    },
  }
}

const reportedOf = ({ deviceId, channel, saidAtMs }: KeptReport, nowMs: number): NonNullable<Camera['reported']> => ({ fields: readChannel(channel), deviceId, atMs: saidAtMs ?? nowMs, raw: channel.raw })
