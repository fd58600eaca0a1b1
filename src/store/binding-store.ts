// Where devices are registered and whether they are there: the rows that registrations and keepalives write, each touching its own columns only.
import type Database from 'better-sqlite3'
import type { Device, Presence, PresenceChange, RegistryStore } from '../registry/index.ts'
import type { Write } from './group-commit.ts'
import { carriedRefresher } from './presence.ts'

/** Changes kept per device: a camera that flaps all day must not fill the disk. Ours. */
const maxPresenceChanges = 1000

/** What a REGISTER says of a device: of a known one only the binding is written. */
export type BoundDevice = Pick<Device, 'id' | 'binding' | 'presence' | 'mediaTransport' | 'channelCount' | 'firstSeenMs'>

export type BindingStore = Pick<RegistryStore, 'saveBinding' | 'savePresenceChange' | 'offlineBefore'>

/** The statements; call them inside a transaction. */
export interface BindingRows {
  /** Known, and not approved yet. */
  readonly isWaiting: (id: string) => boolean
  /** Returns whether it waited for approval. */
  readonly bind: (device: BoundDevice) => boolean
  /** Returns where the cameras behind it go on, if there are more. */
  readonly change: (told: PresenceChange) => string | undefined
  /** As `bind` and `change`, of something that was said at `atMs` and may have been written, or overtaken, already. */
  readonly bindLate: (device: BoundDevice, atMs: number) => void
  readonly changeLate: (told: PresenceChange) => string | undefined
  readonly offline: () => readonly string[]
}

export function bindingRows(raw: Database.Database): BindingRows {
  const standing = raw.prepare<[string], { approved: number; presence: Presence; sinceMs: number | null; registeredAtMs: number | null }>(
    `SELECT approved, presence, presence_since_ms AS sinceMs, binding ->> 'registeredAtMs' AS registeredAtMs FROM devices WHERE id = ?`,
  )
  const putBinding = raw.prepare(`
    INSERT INTO devices (id, approved, binding, presence, media_transport, channel_count, first_seen_ms)
    VALUES (@id, 1, @binding, @presence, @mediaTransport, @channelCount, @firstSeenMs)
    ON CONFLICT (id) DO UPDATE SET binding = excluded.binding, approved = 1`)
  const dropBinding = raw.prepare('UPDATE devices SET binding = NULL WHERE id = ?')
  const addChange = raw.prepare('INSERT INTO presence_changes (device_id, from_presence, to_presence, reason, at_ms) VALUES (@deviceId, @from, @to, @reason, @atMs)')
  const hasChange = raw.prepare<[PresenceChange], number>('SELECT 1 FROM presence_changes WHERE device_id = @deviceId AND to_presence = @to AND reason = @reason AND at_ms = @atMs').pluck()
  const setPresence = raw.prepare('UPDATE devices SET presence = @to, presence_reason = @reason, presence_since_ms = @atMs WHERE id = @deviceId')
  const trimChanges = raw.prepare(`
    DELETE FROM presence_changes WHERE device_id = @id AND n <= (SELECT n FROM presence_changes WHERE device_id = @id ORDER BY n DESC LIMIT 1 OFFSET ${maxPresenceChanges})`)
  const offline = raw
    .prepare<[], string>(
      `SELECT id FROM devices d WHERE binding IS NOT NULL AND presence = 'unknown'
       AND (SELECT from_presence FROM presence_changes WHERE device_id = d.id ORDER BY n DESC LIMIT 1) = 'offline'`,
    )
    .pluck()
  const refreshCarried = carriedRefresher(raw)

  const isWaiting = (id: string): boolean => standing.get(id)?.approved === 0
  const bind = ({ id, binding, presence, mediaTransport, channelCount, firstSeenMs }: BoundDevice): boolean => {
    const wasWaiting = isWaiting(id)
    if (binding) putBinding.run({ id, binding: JSON.stringify(binding), presence, mediaTransport, channelCount, firstSeenMs })
    else dropBinding.run(id)
    return binding !== undefined && wasWaiting
  }
  const change = (told: PresenceChange): string | undefined => {
    const before = standing.get(told.deviceId)
    const isNote = told.from === told.to
    if (!before || (!isNote && before.presence === told.to)) return undefined
    const kept = isNote ? { ...told, from: before.presence, to: before.presence } : { ...told, from: before.presence }
    addChange.run(kept)
    trimChanges.run({ id: told.deviceId })
    if (isNote) return undefined
    setPresence.run(kept)
    return refreshCarried(told.deviceId)
  }
  return {
    isWaiting,
    bind,
    change,
    bindLate: (device, atMs) => {
      if ((standing.get(device.id)?.registeredAtMs ?? 0) <= (device.binding?.registeredAtMs ?? atMs)) bind(device)
    },
    changeLate: (told) => ((standing.get(told.deviceId)?.sinceMs ?? 0) > told.atMs || hasChange.get(told) !== undefined ? undefined : change(told)),
    offline: () => offline.all(),
  }
}

/** Writes go in groups; nobody reads a device, changes it and writes it back here, so that they may come in any number at once. */
export const bindingStore = (rows: BindingRows, write: Write): BindingStore => ({
  saveBinding: (device) => write(() => rows.bind(device)),
  savePresenceChange: (told) => write(() => rows.change(told)),
  offlineBefore: () => write(() => rows.offline()),
})
