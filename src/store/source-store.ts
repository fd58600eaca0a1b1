// SourceStore on SQLite: where cameras are pulled by RTSP.
import type { CameraSource, SourceStore } from '../registry/index.ts'
import type { Connection } from './database.ts'
import type { Task } from './trouble.ts'

interface SourceRow {
  readonly url: string
  readonly username: string | null
  readonly password: string | null
  readonly transport: string
}

export function sourceStore(raw: Connection['raw'], task: Task): SourceStore {
  const one = raw.prepare<[string], SourceRow>('SELECT url, username, password, transport FROM camera_sources WHERE camera_id = ?')
  const drop = raw.prepare<[string]>('DELETE FROM camera_sources WHERE camera_id = ?')
  const put = raw.prepare<[string, string, string | null, string | null, string]>(
    `INSERT INTO camera_sources (camera_id, url, username, password, transport) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (camera_id) DO UPDATE SET url = excluded.url, username = excluded.username, password = excluded.password, transport = excluded.transport`,
  )
  return {
    cameraSource: (cameraId) =>
      task(() => {
        const row = one.get(cameraId)
        return row && sourceOf(row)
      }),
    saveCameraSource: (cameraId, source) =>
      task(() => {
        if (source) put.run(cameraId, source.url, source.username ?? null, source.password ?? null, source.transport)
        else drop.run(cameraId)
      }),
  }
}

const sourceOf = ({ url, username, password, transport }: SourceRow): CameraSource => ({
  url,
  transport: transport === 'udp' ? 'udp' : 'tcp',
  ...(username !== null && { username }),
  ...(password !== null && { password }),
})
