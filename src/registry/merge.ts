// What a device's catalog says -> the reported side of camera records. GB/T 28181-2022 A.2.1.9; declared fields are never touched.
import { kindOf } from './code.ts'
import { fieldTable } from './field-table.ts'
import type { Listing } from './reconcile/types.ts'
import { readChannel } from './reported.ts'
import type { Camera, Channel, FieldChange, Fields, Finding } from './types.ts'

export { readChannel } from './reported.ts'

/** The one finding of a channel that no office has declared yet. */
export const undeclared: Finding = { field: 'record', rule: 'record.undeclared', severity: 'error', message: { zh: '目录中有该通道，但没有登记档案', en: 'a catalog lists this channel, but nobody has declared a record for it' } }

export interface Merged {
  readonly cameras: readonly Camera[]
  readonly changes: readonly FieldChange[]
}

/** How records were listed before; without it a report of another device simply takes over. */
export interface ListedBefore {
  /** By record. */
  readonly listings: ReadonlyMap<string, readonly Omit<Listing, 'fields'>[]>
  /** What this device said of records that show the report of another one. */
  readonly said: ReadonlyMap<string, Fields>
}

/**
 * Folds channels into records: those with a record get its reported side, cameras without one become drafts, the rest (regions, groups,
 * recorders, alarms) is left out. Where several devices list a camera its record shows what one of them reports until that one no longer lists
 * it: else two that disagree would turn it over and over. Returns only what differs, so that a catalog that says nothing new writes nothing.
 */
export function mergeCatalog(deviceId: string, channels: readonly Channel[], known: ReadonlyMap<string, Camera>, nowMs: number, listed?: ListedBefore): Merged {
  const cameras: Camera[] = []
  const changes: FieldChange[] = []
  for (const channel of new Map(channels.map((each) => [each.id, each])).values()) {
    const before = known.get(channel.id)
    if (!before && kindOf(channel.id) !== 'camera') continue
    const reported = { fields: readChannel(channel), deviceId, atMs: nowMs, raw: channel.raw }
    if (!before) {
      cameras.push({ id: channel.id, declared: {}, reported, isRetired: false, isDraft: true, presence: 'unknown', findings: [undeclared], version: 1, updatedAtMs: nowMs })
      changes.push({ cameraId: channel.id, field: 'record', to: 'draft', atMs: nowMs, by: deviceId, why: 'catalog' })
      continue
    }
    const said = before.reported
    const listings = listed?.listings.get(channel.id) ?? []
    const own = listings.find((each) => each.deviceId === deviceId)
    if (listed) {
      if (!own) changes.push(channelChange(channel.id, deviceId, nowMs, undefined, 'listed'))
      else if (own.missingSinceMs !== undefined) changes.push(channelChange(channel.id, deviceId, nowMs, 'missing', 'listed'))
      const earlier = said?.deviceId === deviceId ? said.fields : listed.said.get(channel.id)
      if (own && earlier) changes.push(...reportedChanges(channel.id, deviceId, nowMs, earlier, reported.fields))
    }
    const isOthers = said !== undefined && said.deviceId !== deviceId && listings.some((each) => each.deviceId === said.deviceId && each.missingSinceMs === undefined)
    if (isOthers) continue
    if (said?.deviceId !== deviceId || !isSame(said.fields, reported.fields) || !isSame(said.raw, reported.raw)) cameras.push({ ...before, reported, updatedAtMs: nowMs })
  }
  return { cameras, changes }
}

/** That a device's list has a channel, lacks it, or has dropped it. */
export const channelChange = (cameraId: string, deviceId: string, atMs: number, from: 'listed' | 'missing' | undefined, to: 'listed' | 'missing' | undefined): FieldChange => ({
  cameraId,
  field: 'channel',
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  atMs,
  by: deviceId,
  why: 'catalog',
  side: 'reported',
})

/** What a device reports otherwise than before. */
export function reportedChanges(cameraId: string, deviceId: string, atMs: number, before: Fields, after: Fields): readonly FieldChange[] {
  return fieldTable.flatMap(({ name }): readonly FieldChange[] => {
    const [from, to] = [before[name], after[name]]
    return from === to ? [] : [{ cameraId, field: name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), atMs, by: deviceId, why: 'catalog', side: 'reported' }]
  })
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
