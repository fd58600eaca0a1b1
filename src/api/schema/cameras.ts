// Camera records (一机一档): list, create, read, change, retire, history, findings.
import { Type, type Static, type TSchema } from 'typebox'
import { fieldTable, type FieldName as FieldNameOf, type FieldRow } from '../../registry/field-table.ts'
import { Area, Id, Instant, ListOf, Localized, PageOf, Why } from './common.ts'

/** From the field table: a new row there is a new name here. */
export const FieldName = Type.Unsafe<FieldNameOf>(Type.Enum(fieldTable.map((row) => row.name)))
export type FieldName = FieldNameOf

/** Longer than any template's column; what passes its own column is a finding. */
const longest = 500
const textOf = (row: FieldRow) => Type.String({ maxLength: longest, description: described(row) })

/** Name, abbreviation, catalog element and codes: what one needs to fill a field in. */
function described({ zh, en, abbreviation, element, unit, table }: FieldRow): string {
  const codes = (table ?? []).map((entry) => `${entry.code} ${entry.zh} (${entry.en})`).join(', ')
  return [`${zh} (${abbreviation}), ${en}${unit ? ` in ${unit.en}` : ''}`, ...(element === undefined ? [] : [`GB/T 28181 ${element}`]), ...(codes === '' ? [] : [`codes: ${codes}`])].join('; ')
}

const properties = <T extends TSchema>(schemaOf: (row: FieldRow) => T) => Object.fromEntries(fieldTable.map((row) => [row.name, Type.Optional(schemaOf(row))]))

/** Values as the owner wrote them; an absent field is absent, not empty text. Persons' contacts are masked unless the reader may see them. */
export const Fields = Type.Unsafe<Partial<Record<FieldName, string>>>(Type.Object(properties(textOf)))
export type Fields = Static<typeof Fields>

export const PointClass = Type.Enum(['1', '2', '3', '4', '9'])
export type PointClass = Static<typeof PointClass>

export const Presence = Type.Enum(['unknown', 'online', 'late', 'offline'])
export type Presence = Static<typeof Presence>

export const Severity = Type.Enum(['error', 'warning', 'info'])
export type Severity = Static<typeof Severity>

export const Finding = Type.Object({ field: Type.String(), rule: Type.String(), severity: Severity, message: Localized })
export type Finding = Static<typeof Finding>

/** What an inspection or a person on site saw. */
export const Verified = Type.Object({
  value: Type.String(),
  by: Type.String(),
  atMs: Instant,
  inspection: Type.Optional(Type.String()),
  evidence: Type.Optional(Type.String({ description: "a file of that inspection's evidence, or a number of a paper" })),
})
export type Verified = Static<typeof Verified>

export const Camera = Type.Object({
  id: Type.String(),
  declared: Fields,
  reported: Type.Optional(
    Type.Object({
      fields: Fields,
      deviceId: Type.String(),
      atMs: Instant,
      raw: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'catalog elements as sent; only when one camera is read' })),
    }),
  ),
  verified: Type.Optional(Type.Unsafe<Partial<Record<FieldName, Verified>>>(Type.Object(properties(() => Verified)))),
  isRetired: Type.Boolean(),
  isDraft: Type.Boolean({ description: 'listed by a catalog, declared by nobody yet' }),
  presence: Presence,
  findings: ListOf(Finding),
  completeness: Type.Optional(
    Type.Object({ filled: Type.Integer(), mandatory: Type.Integer() }, { description: 'fields that the class must have, and those of them that are there without an error; not of drafts' }),
  ),
  version: Type.Integer(),
  updatedAtMs: Instant,
})
export type Camera = Static<typeof Camera>

export const CameraFilter = Type.Object(
  {
    area: Type.Optional(Area),
    class: Type.Optional(PointClass),
    owner: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    online: Type.Optional(Type.Boolean()),
    complete: Type.Optional(Type.Boolean({ description: 'true: without findings of severity error' })),
    text: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'words that all must stand in name, common name, address or code; or how a name sounds: nmdd, nanmen', examples: ['南门', 'nmdd'] }),
    ),
    box: Type.Optional(
      Type.String({
        pattern: '^-?\\d+(\\.\\d+)?(,-?\\d+(\\.\\d+)?){3}$',
        maxLength: 100,
        description: 'west,south,east,north in degrees',
        examples: ['118.5,31.2,119.2,32.6'],
      }),
    ),
    includeRetired: Type.Optional(Type.Boolean()),
    onlyRetired: Type.Optional(Type.Boolean()),
    presence: Type.Optional(Presence),
    draft: Type.Optional(Type.Boolean({ description: 'true: listed by a catalog, declared by nobody yet' })),
    function: Type.Optional(Type.String({ pattern: '^\\d{1,4}$', description: 'a code of 摄像机功能类型; records may have several' })),
    industry: Type.Optional(Type.String({ pattern: '^\\d{1,4}$', description: 'a code of 所属部门/行业; records may have several' })),
    builtBy: Type.Optional(Type.String({ pattern: '^\\d{1,4}$', description: 'a code of who built it' })),
    updatedSinceMs: Type.Optional(Type.Integer({ minimum: 0, description: 'changed at or after; milliseconds since 1970-01-01T00:00Z' })),
    finding: Type.Optional(Type.String({ pattern: '^[a-z0-9.-]{1,64}$', description: 'a rule that finds something of the record; without a state those that are neither fixed nor waived' })),
    findingState: Type.Optional(Type.Enum(['open', 'accepted', 'waived', 'fixed'])),
  },
  { additionalProperties: false },
)
export type CameraFilter = Static<typeof CameraFilter>

export const CameraListQuery = Type.Object(
  {
    ...CameraFilter.properties,
    sort: Type.Optional(Type.Enum(['code', 'name', 'updated'], { description: 'name: as it sounds; updated: the newest first unless an order is given' })),
    order: Type.Optional(Type.Enum(['asc', 'desc'])),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  },
  { additionalProperties: false },
)
export type CameraListQuery = Static<typeof CameraListQuery>

export const CameraPage = Type.Object({
  ...PageOf(Camera).properties,
  isTotalCapped: Type.Optional(Type.Literal(true, { description: 'there are more than `total`: words and findings are counted up to it' })),
})
export type CameraPage = Static<typeof CameraPage>

export const CameraCreate = Type.Object(
  { declared: Type.Unsafe<Fields>(Type.Object(properties(textOf), { additionalProperties: false })), why: Type.Optional(Why) },
  { additionalProperties: false },
)
export type CameraCreate = Static<typeof CameraCreate>

/** Fields to write; null takes one away. */
export const fieldsOrNull = Type.Unsafe<Partial<Record<FieldName, string | null>>>(Type.Object(properties((row) => Type.Union([textOf(row), Type.Null()])), { additionalProperties: false }))
/** Fields to write, no others. */
export const fieldsToWrite = Type.Unsafe<Fields>(Type.Object(properties(textOf), { additionalProperties: false }))

/** `at`: the record as it was at that time. */
export const CameraQueryAt = Type.Object(
  { at: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2})$', description: 'ISO 8601 with its offset', examples: ['2026-03-01T00:00:00+08:00'] })) },
  { additionalProperties: false },
)
export type CameraQueryAt = Static<typeof CameraQueryAt>

/** `null` takes a field away. `version`, where given, must be the one that was read: a record changed in between is a conflict. */
export const CameraChange = Type.Object(
  {
    fields: fieldsOrNull,
    why: Type.Optional(Why),
    version: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
)
export type CameraChange = Static<typeof CameraChange>

/** Query of DELETE: a record is never deleted, it is retired for a reason. */
export const CameraRetire = Type.Object({ why: Type.String({ minLength: 1, maxLength: 500 }) }, { additionalProperties: false })
export type CameraRetire = Static<typeof CameraRetire>

export const FieldChange = Type.Object({
  cameraId: Id,
  field: Type.String(),
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  atMs: Instant,
  by: Type.String(),
  why: Type.String(),
  side: Type.Optional(Type.Enum(['reported', 'verified'], { description: 'whose value; absent: declared' })),
})
export type FieldChange = Static<typeof FieldChange>
