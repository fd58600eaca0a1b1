// What a device's catalog says -> the reported side of camera records. GB/T 28181-2022 A.2.1.9; declared fields are never touched.
import { kindOf } from './code.ts'
import { readChannel } from './reported.ts'
import type { Camera, Channel, FieldChange, Finding } from './types.ts'

export { readChannel } from './reported.ts'

/** The one finding of a channel that no office has declared yet. */
export const undeclared: Finding = { field: 'record', rule: 'record.undeclared', severity: 'error', message: { zh: '目录中有该通道，但没有登记档案', en: 'a catalog lists this channel, but nobody has declared a record for it' } }

export interface Merged {
  readonly cameras: readonly Camera[]
  readonly changes: readonly FieldChange[]
}

/**
 * Folds channels into records: those with a record get its reported side, cameras without one become drafts, the rest (regions, groups,
 * recorders, alarms) is left out. Returns only what differs from `known`, so that a catalog that says nothing new writes nothing.
 */
export function mergeCatalog(deviceId: string, channels: readonly Channel[], known: ReadonlyMap<string, Camera>, nowMs: number): Merged {
  const cameras: Camera[] = []
  const changes: FieldChange[] = []
  for (const channel of new Map(channels.map((each) => [each.id, each])).values()) {
    const before = known.get(channel.id)
    if (!before && kindOf(channel.id) !== 'camera') continue
    const reported = { fields: readChannel(channel), deviceId, atMs: nowMs, raw: channel.raw }
    if (before) {
      const said = before.reported
      if (said?.deviceId !== deviceId || !isSame(said.fields, reported.fields) || !isSame(said.raw, reported.raw)) cameras.push({ ...before, reported, updatedAtMs: nowMs })
      continue
    }
    cameras.push({ id: channel.id, declared: {}, reported, isRetired: false, isDraft: true, presence: 'unknown', findings: [undeclared], version: 1, updatedAtMs: nowMs })
    changes.push({ cameraId: channel.id, field: 'record', to: 'draft', atMs: nowMs, by: deviceId, why: 'catalog' })
  }
  return { cameras, changes }
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
