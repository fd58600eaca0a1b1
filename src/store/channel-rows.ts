// A device's channels: the list it sent takes the place of the one before, row by row, so that a catalog that says the same writes nothing.
import type Database from 'better-sqlite3'
import type { Channel } from '../registry/index.ts'

/** Call it inside a transaction. Returns the ids that are no longer listed. */
export function channelWriter(raw: Database.Database): (deviceId: string, channels: readonly Channel[]) => readonly string[] {
  const upsert = raw.prepare(`
    INSERT INTO channels (device_id, id, name, status, parent_id, raw) VALUES (@deviceId, @id, @name, @status, @parentId, @raw)
    ON CONFLICT (device_id, id) DO UPDATE SET name = excluded.name, status = excluded.status, parent_id = excluded.parent_id, raw = excluded.raw
    WHERE channels.raw <> excluded.raw OR channels.status <> excluded.status OR channels.name <> excluded.name OR channels.parent_id IS NOT excluded.parent_id`)
  const ids = raw.prepare<[string], { id: string }>('SELECT id FROM channels WHERE device_id = ?')
  const remove = raw.prepare('DELETE FROM channels WHERE device_id = ? AND id = ?')

  return (deviceId, channels) => {
    for (const { id, name, status, parentId, raw: said } of channels) upsert.run({ deviceId, id, name, status, parentId: parentId ?? null, raw: JSON.stringify(said) })
    const listed = new Set(channels.map((channel) => channel.id))
    const dropped = ids.all(deviceId).map((row) => row.id).filter((id) => !listed.has(id))
    for (const id of dropped) remove.run(deviceId, id)
    return dropped
  }
}
