// Where devices are registered and whether they are there: the rows that registrations and keepalives write, each touching its own columns only.
import type Database from 'better-sqlite3'
import type { Device, Presence, PresenceChange, RegistryStore } from '../registry/index.ts'
import type { Write } from './group-commit.ts'
import { carriedRefresher } from './presence.ts'

/** Changes kept per device: a camera that flaps all day must not fill the disk. Ours. */
const maxPresenceChanges = 1000

/** Writes go in groups; nobody reads a device, changes it and writes it back here, so that they may come in any number at once. */
export function bindingStore(raw: Database.Database, write: Write): Pick<RegistryStore, 'saveBinding' | 'savePresenceChange' | 'offlineBefore'> {
  const standing = raw.prepare<[string], { approved: number; presence: Presence }>('SELECT approved, presence FROM devices WHERE id = ?')
  const putBinding = raw.prepare(`
    INSERT INTO devices (id, approved, binding, presence, media_transport, channel_count, first_seen_ms)
    VALUES (@id, 1, @binding, @presence, @mediaTransport, @channelCount, @firstSeenMs)
    ON CONFLICT (id) DO UPDATE SET binding = excluded.binding, approved = 1`)
  const dropBinding = raw.prepare('UPDATE devices SET binding = NULL WHERE id = ?')
  const addChange = raw.prepare('INSERT INTO presence_changes (device_id, from_presence, to_presence, reason, at_ms) VALUES (@deviceId, @from, @to, @reason, @atMs)')
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
    saveBinding: ({ id, binding, presence, mediaTransport, channelCount, firstSeenMs }: Device) =>
      write(() => {
        const wasWaiting = standing.get(id)?.approved === 0
        if (binding) putBinding.run({ id, binding: JSON.stringify(binding), presence, mediaTransport, channelCount, firstSeenMs })
        else dropBinding.run(id)
        return binding !== undefined && wasWaiting
      }),
    savePresenceChange: (told) => write(() => change(told)),
    offlineBefore: () => write(() => offline.all()),
  }
}
