// Camera records as rows: the searched columns, the documents, and back.
import type Database from 'better-sqlite3'
import { AppError } from '../base/index.ts'
import type { Camera, FieldChange, FieldName, Presence } from '../registry/index.ts'
import { sortKey, type SearchedText } from './camera-text.ts'
import { textWriter } from './camera-text-rows.ts'
import { presenceRefresher } from './presence.ts'

export interface CameraRow {
  readonly id: string
  readonly presence: string
  readonly isDraft: number
  readonly isRetired: number
  readonly version: number
  readonly updatedAtMs: number
  readonly declared: string
  readonly reported: string | null
  readonly findings: string
  readonly verified: string | null
  readonly mandatory: number
  readonly filled: number
}

/** Columns of CameraRow; `c` is cameras, `d` its documents. */
export const cameraColumns = `c.id, c.presence, c.is_draft AS isDraft, c.is_retired AS isRetired, c.version, c.updated_at_ms AS updatedAtMs, d.declared, d.reported, d.findings, d.verified, c.mandatory, c.filled`

export function cameraOf(row: CameraRow): Camera {
  return {
    id: row.id,
    declared: JSON.parse(row.declared) as Camera['declared'],
    ...(row.reported === null ? {} : { reported: JSON.parse(row.reported) as NonNullable<Camera['reported']> }),
    isRetired: row.isRetired === 1,
    isDraft: row.isDraft === 1,
    presence: row.presence as Presence,
    ...(row.verified === null ? {} : { verified: JSON.parse(row.verified) as NonNullable<Camera['verified']> }),
    findings: JSON.parse(row.findings) as Camera['findings'],
    ...(row.mandatory === 0 ? {} : { completeness: { filled: row.filled, mandatory: row.mandatory } }),
    version: row.version,
    updatedAtMs: row.updatedAtMs,
  }
}

/** What a record is searched by. */
export type SearchedCamera = Pick<Camera, 'id' | 'declared' | 'findings' | 'isDraft'> & Partial<Pick<Camera, 'reported' | 'completeness'>>

/** What a camera is found by: declared, or as reported while nobody has declared it; an area is at least the code's. `nameKey` where it is made elsewhere. */
export function searched(camera: SearchedCamera, nameKey?: string) {
  const value = (name: FieldName): string => searchedValue(camera, name)
  const degrees = (name: 'longitude' | 'latitude', limit: number): number | null => {
    const text = value(name)
    const number = Number(text)
    return text !== '' && Math.abs(number) <= limit ? number : null
  }
  const [longitude, latitude] = [degrees('longitude', 180), degrees('latitude', 90)]
  const hasPlace = longitude !== null && latitude !== null && (longitude !== 0 || latitude !== 0)
  return {
    area: areaOf(value('area'), camera.id),
    class: value('class'),
    owner: value('managementUnit'),
    name: value('name'),
    address: value('address'),
    longitude: hasPlace ? longitude : null,
    latitude: hasPlace ? latitude : null,
    builtBy: value('builtBy'),
    mandatory: camera.completeness?.mandatory ?? 0,
    filled: camera.completeness?.filled ?? 0,
    isComplete: Number(!camera.isDraft && !camera.findings.some((finding) => finding.severity === 'error')),
    functions: severalOf(value('functionType')),
    industry: severalOf(value('industry')),
    nameKey: nameKey ?? sortKey(value('name')),
  } satisfies Record<string, string | number | null>
}

/** As the registry says where a record lies (registry/area.ts), of which only types are known here; a test compares the two. */
export function areaOf(declared: string, code: string): string {
  const area = declared === '' ? code.slice(0, 6) : declared
  const unit = code.slice(6, 8)
  return area.length === 6 && code.startsWith(area) && /^\d{2}$/.test(unit) && unit !== '00' ? area + unit : area
}

/** What the owner declared, or what the device reports while nobody has declared the record. */
const searchedValue = (camera: Pick<SearchedCamera, 'declared' | 'isDraft' | 'reported'>, name: FieldName): string => camera.declared[name] ?? (camera.isDraft ? camera.reported?.fields[name] : undefined) ?? ''

export const searchedText = (camera: Pick<SearchedCamera, 'id' | 'declared' | 'isDraft' | 'reported'>): SearchedText => ({
  id: camera.id,
  name: searchedValue(camera, 'name'),
  commonName: searchedValue(camera, 'commonName'),
  address: searchedValue(camera, 'address'),
})

/** Codes of a field that has several, each found by the slashes around it: 1/5 is /1/5/. */
const severalOf = (value: string): string => (value === '' ? '' : `/${value}/`)

/** Writes records and their history; call it inside a transaction. A record that has moved on since it was read is a conflict. */
export function cameraWriter(raw: Database.Database): (cameras: readonly Camera[], changes: readonly FieldChange[]) => void {
  const upsert = raw.prepare<[Record<string, unknown>], { n: number }>(`
    INSERT INTO cameras (id, area, class, owner, presence, is_complete, is_draft, is_retired, name, address, longitude, latitude, version, updated_at_ms, built_by, mandatory, filled, gone_since_ms, functions, industry, name_key)
    VALUES (@id, @area, @class, @owner, 'unknown', @isComplete, @isDraft, @isRetired, @name, @address, @longitude, @latitude, @version, @updatedAtMs, @builtBy, @mandatory, @filled, @updatedAtMs, @functions, @industry, @nameKey)
    ON CONFLICT (id) DO UPDATE SET area = excluded.area, class = excluded.class, owner = excluded.owner, is_complete = excluded.is_complete, is_draft = excluded.is_draft,
      is_retired = excluded.is_retired, name = excluded.name, address = excluded.address, longitude = excluded.longitude, latitude = excluded.latitude,
      version = excluded.version, updated_at_ms = excluded.updated_at_ms, built_by = excluded.built_by, mandatory = excluded.mandatory, filled = excluded.filled,
      functions = excluded.functions, industry = excluded.industry, name_key = excluded.name_key
    WHERE cameras.version IN (excluded.version, excluded.version - 1)
    RETURNING n`)
  const saveDocuments = raw.prepare(`
    INSERT INTO camera_documents (n, declared, reported, findings, verified) VALUES (@n, @declared, @reported, @findings, @verified)
    ON CONFLICT (n) DO UPDATE SET declared = excluded.declared, reported = excluded.reported, findings = excluded.findings, verified = excluded.verified`)
  const saveChange = raw.prepare(`
    INSERT INTO field_changes (camera_id, field, from_value, to_value, at_ms, by, why, side) VALUES (@cameraId, @field, @from, @to, @atMs, @by, @why, @side)`)
  const refreshPresence = presenceRefresher(raw)
  const saveText = textWriter(raw)

  return (cameras, changes) => {
    const numbers: number[] = []
    for (const camera of cameras) {
      const { id, version, updatedAtMs } = camera
      const row = upsert.get({ id, version, updatedAtMs, isDraft: Number(camera.isDraft), isRetired: Number(camera.isRetired), ...searched(camera) })
      if (!row) throw new AppError('conflict', `the record of camera ${id} was changed in the meantime: read it again`)
      saveDocuments.run({
        n: row.n,
        declared: JSON.stringify(camera.declared),
        reported: camera.reported ? JSON.stringify(camera.reported) : null,
        findings: JSON.stringify(camera.findings),
        verified: camera.verified ? JSON.stringify(camera.verified) : null,
      })
      numbers.push(row.n)
    }
    // After the rows, not between them: each statement with triggers makes FTS5 write out the grams that it still has in memory.
    for (const [at, camera] of cameras.entries()) saveText(numbers[at] ?? 0, searchedText(camera))
    refreshPresence(cameras.map((camera) => camera.id))
    for (const change of changes) saveChange.run({ ...change, from: change.from ?? null, to: change.to ?? null, side: change.side ?? 'declared' })
  }
}
