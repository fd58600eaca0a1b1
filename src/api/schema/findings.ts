// Findings with a life: list, one with its history, what a person sets, many at once; and checks of whole areas.
import { Type, type Static } from 'typebox'
import { Finding, Severity } from './cameras.ts'
import { Area, Id, Instant, ListOf } from './common.ts'

export const FindingSource = Type.Enum(['record', 'area', 'catalog', 'presence', 'inspection'], {
  description: "record: the record's own rules; area: rules over many records; catalog: what devices list and report; presence: who is there; inspection: what was verified",
})
export type FindingSource = Static<typeof FindingSource>

export const FindingState = Type.Enum(['open', 'accepted', 'waived', 'fixed'], {
  description: 'accepted: to be put right; waived: stays as it is, for a reason, until the values behind it change; fixed: its rule no longer finds it, which only rules say',
})
export type FindingState = Static<typeof FindingState>

export const KeptFinding = Type.Object({
  n: Type.Integer(),
  cameraId: Type.String(),
  area: Type.String(),
  ...Finding.properties,
  detail: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), { description: 'the values that it rests on' })),
  source: FindingSource,
  state: FindingState,
  owner: Type.Optional(Type.String({ description: 'the account that is to see to it' })),
  dueAtMs: Type.Optional(Instant),
  reason: Type.Optional(Type.String()),
  firstAtMs: Instant,
  lastAtMs: Type.Number({ description: 'when its rule last found it, to within an hour' }),
  stateAtMs: Instant,
  stateBy: Type.Optional(Type.String({ description: 'absent where a rule set the state' })),
})
export type KeptFinding = Static<typeof KeptFinding>

export const ListedFinding = Type.Object({ ...KeptFinding.properties, cameraName: Type.String() })
export type ListedFinding = Static<typeof ListedFinding>

export const FindingCount = Type.Object({ rule: Type.String(), severity: Severity, state: FindingState, n: Type.Integer() })

export const FindingPage = Type.Object({
  items: ListOf(ListedFinding),
  next: Type.Optional(Type.String()),
  total: Type.Integer(),
  counts: ListOf(FindingCount),
})
export type FindingPage = Static<typeof FindingPage>

const rule = Type.String({ minLength: 1, maxLength: 100, pattern: '^[a-z0-9.-]+$', examples: ['catalog.moved'] })
const account = Type.String({ maxLength: 64 })

/** `owner=` without a name finds those that nobody has. */
export const FindingFilter = Type.Object(
  {
    area: Type.Optional(Area),
    rule: Type.Optional(rule),
    severity: Type.Optional(Severity),
    state: Type.Optional(FindingState),
    standing: Type.Optional(Type.Boolean({ description: 'true: open or accepted, as the counts of findings have them' })),
    source: Type.Optional(FindingSource),
    owner: Type.Optional(account),
    overdue: Type.Optional(Type.Boolean({ description: 'true: open or accepted, and due before now' })),
    camera: Type.Optional(Id),
  },
  { additionalProperties: false },
)
export type FindingFilter = Static<typeof FindingFilter>

export const FindingListQuery = Type.Object(
  { ...FindingFilter.properties, cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1100 })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })) },
  { additionalProperties: false },
)
export type FindingListQuery = Static<typeof FindingListQuery>

export const FindingParams = Type.Object({ n: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

export const FindingChange = Type.Object({
  what: Type.Enum(['state', 'owner', 'due', 'comment']),
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  reason: Type.String({ description: "of a rule's own changes no-longer-found, found-again or values-changed" }),
  atMs: Instant,
  by: Type.String({ description: "'' where a rule decided" }),
})
export type FindingChange = Static<typeof FindingChange>

export const FindingWithHistory = Type.Object({ ...KeptFinding.properties, changes: ListOf(FindingChange) })
export type FindingWithHistory = Static<typeof FindingWithHistory>

const words = Type.String({ minLength: 1, maxLength: 500 })

/** `null` takes owner or date away. A waiver needs its reason. */
export const FindingEdit = Type.Object(
  {
    state: Type.Optional(Type.Enum(['open', 'accepted', 'waived'])),
    reason: Type.Optional(words),
    owner: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()])),
    dueAtMs: Type.Optional(Type.Union([Type.Number({ minimum: 0, maximum: 8.64e15 }), Type.Null()])),
    comment: Type.Optional(words),
  },
  { additionalProperties: false },
)
export type FindingEdit = Static<typeof FindingEdit>

/** Either `ids` or `filter`; a filter that finds more than 2,000 is refused and nothing is changed. */
export const FindingBulk = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), { minItems: 1, maxItems: 2000 })),
    filter: Type.Optional(FindingFilter),
    change: FindingEdit,
  },
  { additionalProperties: false },
)
export type FindingBulk = Static<typeof FindingBulk>

export const BulkOutcome = Type.Object({
  matched: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  fixed: Type.Integer({ description: 'of the matched: fixed already, their state stays' }),
})
export type BulkOutcome = Static<typeof BulkOutcome>

export const AreaCheckRequest = Type.Object({ area: Type.Optional(Area) }, { additionalProperties: false })
export type AreaCheckRequest = Static<typeof AreaCheckRequest>

export const AreaCheck = Type.Object({
  id: Type.String(),
  area: Type.String(),
  by: Type.String(),
  state: Type.Enum(['running', 'done', 'cancelled', 'failed']),
  isInterrupted: Type.Optional(Type.Boolean({ description: 'the service stopped before it was over: what it had kept by then stays, and its figures are not known' })),
  stage: Type.Enum(['records', 'together']),
  startedAtMs: Instant,
  finishedAtMs: Type.Optional(Instant),
  total: Type.Integer({ description: 'records to look at; rules over many records look at those of every area' }),
  done: Type.Integer(),
  opened: Type.Integer(),
  reopened: Type.Integer(),
  fixed: Type.Integer(),
  standing: Type.Integer(),
  rewritten: Type.Integer({ description: 'records whose own findings were older than the rules' }),
  /** Rules that could not be applied, by division: it has no outline. */
  notes: ListOf(Type.Object({ area: Type.String(), finding: Finding })),
})
export type AreaCheck = Static<typeof AreaCheck>
