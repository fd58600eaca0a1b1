// Inspections: draw, progress, checks, reviews, report. The nouns are those of report.json.
import { Type, type Static } from 'typebox'
import { Area, Id, Instant, Items, Lang, ListOf } from './common.ts'
import { Finding } from './cameras.ts'
import { CheckKind, ClassCounts, DrawPart, PlanBody, PlanName, RedrawReason, SeedFrom, StratumDrawn } from './draws.ts'
import { StreamTransport, VideoCodec } from './live.ts'
import { RuleSet, RuleSetName } from './rule-sets.ts'
import { DeviceVerdict, Figure, RunningFigures, RunningVerdict } from './running.ts'

export const AttemptOutcome = Type.Enum([
  'ok', 'not-registered', 'offline', 'refused', 'no-answer', 'no-media', 'wrong-container', 'no-keyframe', 'undecodable', 'lost-midway',
])
export type AttemptOutcome = Static<typeof AttemptOutcome>
export const Absence = Type.Enum(['black', 'white', 'one-colour', 'colour-bars', 'no-signal-text', 'snow', 'grey-green', 'frozen'])
export type Absence = Static<typeof Absence>
export const Band = Type.Enum(['clear', 'doubtful', 'unclear', 'undetermined'])
export type Band = Static<typeof Band>
export const Result = Type.Enum(['pass', 'fail', 'review'])
export type Result = Static<typeof Result>

export const PopulationMember = Type.Object({
  id: Type.String(),
  name: Type.String(),
  class: Type.String(),
  area: Type.String(),
  owner: Type.String(),
  policeUnit: Type.String(),
  networking: Type.String(),
  functionType: Type.String(),
  longitude: Type.String(),
  latitude: Type.String(),
  builtBy: Type.String(),
  resolution: Type.Optional(Type.String({ description: 'code of the record' })),
  fields: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'further fields that the plan looks at' })),
  findings: ListOf(Finding),
})
export type PopulationMember = Static<typeof PopulationMember>

/** Milliseconds after the INVITE left; of a camera pulled by RTSP, the first DESCRIBE. */
export const AttemptTimes = Type.Object({
  trying: Type.Optional(Type.Number()),
  ok: Type.Optional(Type.Number()),
  ack: Type.Optional(Type.Number()),
  firstPacket: Type.Optional(Type.Number()),
  firstKeyframe: Type.Optional(Type.Number()),
  firstPicture: Type.Optional(Type.Number()),
})
export type AttemptTimes = Static<typeof AttemptTimes>

export const StreamObservation = Type.Object({
  codec: Type.Optional(VideoCodec),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  fps: Type.Optional(Type.Number()),
  kbps: Type.Optional(Type.Number()),
  lossRate: Type.Number(),
  jitterMs: Type.Number(),
  packets: Type.Integer(),
  transport: StreamTransport,
  container: Type.Enum(['ps', 'elementary', 'unknown', 'other']),
})
export type StreamObservation = Static<typeof StreamObservation>

export const PictureMeasure = Type.Object({
  width: Type.Integer(),
  height: Type.Integer(),
  mean: Type.Number(),
  std: Type.Number(),
  p01: Type.Number(),
  p99: Type.Number(),
  osdShare: Type.Number(),
  absence: Type.Optional(Type.Enum(['black', 'white', 'one-colour', 'colour-bars', 'no-signal-text', 'snow', 'grey-green'])),
  difference: Type.Optional(Type.Number()),
  blurPx: Type.Optional(Type.Number()),
  blocks: Type.Number(),
  noise: Type.Number(),
  clockChange: Type.Optional(Type.Number({ description: 'greatest change of a piece of text in the picture since the one before, levels' })),
  contrast: Type.Optional(Type.Number({ description: 'this and the following: once in a session' })),
  cb: Type.Optional(Type.Number()),
  cr: Type.Optional(Type.Number()),
  castRatio: Type.Optional(Type.Number()),
  saturation: Type.Optional(Type.Number()),
  stripesAcross: Type.Optional(Type.Number()),
  stripesDown: Type.Optional(Type.Number()),
  blockiness: Type.Optional(Type.Number()),
  signature: Type.Optional(Type.String({ description: 'levels and detail on a grid of 32 x 18, base64' })),
})
export type PictureMeasure = Static<typeof PictureMeasure>

export const Attempt = Type.Object({
  n: Type.Integer(),
  isCold: Type.Boolean(),
  start: Type.Optional(Type.Enum(['cold', 'beside', 'joined'], { description: 'asked with nobody watching; asked beside a running stream; a running stream listened to' })),
  outcome: AttemptOutcome,
  isOurFault: Type.Optional(Type.Boolean({ description: 'the inspecting service itself failed: says nothing of the camera' })),
  sipStatus: Type.Optional(Type.Integer()),
  hop: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  times: AttemptTimes,
  stream: Type.Optional(StreamObservation),
  pictures: ListOf(PictureMeasure),
  running: Type.Optional(RunningFigures),
  loopLagMs: Type.Number(),
})
export type Attempt = Static<typeof Attempt>

export const PictureVerdict = Type.Object({
  present: Type.Boolean(),
  absence: Type.Optional(Absence),
  frozen: Type.Boolean(),
  sharpness: Type.Object({ blurPx: Type.Optional(Type.Number()), band: Band }),
  brightness: Type.Optional(Type.Number()),
  samples: Type.Integer(),
  clock: Type.Optional(Type.Enum(['running', 'standing'], { description: 'the text in the picture changed from sample to sample, or not' })),
  figures: Type.Optional(ListOf(Figure)),
  atMs: Type.Optional(Type.Integer({ description: 'when the check began' })),
  baseline: Type.Optional(Type.Object({ atMs: Type.Integer(), hour: Type.Integer(), inspection: Type.String(), n: Type.Integer() }, { description: 'the earlier picture that figures were held against' })),
})
export type PictureVerdict = Static<typeof PictureVerdict>

/** `file` is relative to the inspection: GET /inspections/{id}/evidence/{file}. */
export const Evidence = Type.Object({
  file: Type.String(),
  sha256: Type.String(),
  kind: Type.Enum(['recording', 'keyframe', 'picture', 'verdict']),
  size: Type.Optional(Type.Integer({ description: 'bytes' })),
  removedAt: Type.Optional(Type.String({ description: 'the file is no longer kept: since when, ISO 8601; its hash stays' })),
  removedWhy: Type.Optional(Type.String()),
})
export type Evidence = Static<typeof Evidence>

export const Check = Type.Object({
  n: Type.Integer(),
  camera: PopulationMember,
  kinds: Type.Optional(ListOf(CheckKind)),
  record: Type.Object({ result: Type.Enum(['pass', 'fail']), findings: ListOf(Finding) }),
  attempts: ListOf(Attempt),
  responseMs: Type.Optional(Type.Number()),
  stream: Type.Optional(StreamObservation),
  picture: Type.Optional(PictureVerdict),
  running: Type.Optional(RunningVerdict),
  device: Type.Optional(DeviceVerdict),
  cutBefore: Type.Optional(Type.Integer({ description: 'begun so many times before, and cut by the end of the service' })),
  recheck: Type.Optional(Type.Integer({ description: 'a further check, by its number' })),
  node: Type.Optional(Type.String({ description: 'the installation that made it' })),
  verdict: Type.Object({ result: Result, reasons: ListOf(Type.String()), notes: Type.Optional(ListOf(Type.String())) }),
  evidence: ListOf(Evidence),
})
export type Check = Static<typeof Check>

export const Review = Type.Object({
  inspection: Type.String(),
  n: Type.Integer(),
  result: Result,
  reason: Type.String(),
  by: Type.String(),
  atMs: Instant,
  appeal: Type.Optional(Type.Integer({ description: 'it decides this appeal' })),
  decision: Type.Optional(Type.Enum(['granted', 'rejected'])),
})
export type Review = Static<typeof Review>

export const ReviewBody = Type.Object({ result: Result, reason: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false })
export type ReviewBody = Static<typeof ReviewBody>

/** One check with what persons said about it, oldest first. The machine's verdict stays beside them. */
export const CheckDetail = Type.Object({ ...Check.properties, reviews: ListOf(Review) })
export type CheckDetail = Static<typeof CheckDetail>

export const InspectionState = Type.Enum(['running', 'paused', 'done', 'cancelled', 'interrupted'])
export type InspectionState = Static<typeof InspectionState>

export const InspectionProgress = Type.Object({
  total: Type.Integer(),
  done: Type.Integer(),
  running: Type.Integer(),
  waiting: Type.Integer(),
  msLeft: Type.Optional(Type.Integer({ description: 'estimated from what was done so far' })),
})
export type InspectionProgress = Static<typeof InspectionProgress>
export const PauseReason = Type.Object({ code: Type.String(), detail: Type.String() })

/** One line of the list. `results` counts the machine's verdicts of the checks that are done. */
export const InspectionSummary = Type.Object({
  id: Type.String(),
  area: Type.String(),
  startedAtMs: Instant,
  finishedAtMs: Type.Optional(Instant),
  state: InspectionState,
  createdBy: Type.String(),
  seed: Type.String(),
  algorithm: Type.String(),
  population: Type.Object({ size: Type.Integer(), sha256: Type.String() }),
  strata: ListOf(StratumDrawn),
  ruleSet: Type.Object({ name: Type.String(), version: Type.Integer() }),
  plan: DrawPart.plan,
  seedFrom: Type.Optional(SeedFrom),
  redrawReason: DrawPart.redrawReason,
  sampleOf: DrawPart.sampleOf,
  total: Type.Integer(),
  done: Type.Integer(),
  results: Type.Object({ pass: Type.Integer(), fail: Type.Integer(), review: Type.Integer() }),
  progress: Type.Optional(InspectionProgress),
  pausedBecause: Type.Optional(PauseReason),
  resumedAtMs: Type.Optional(ListOf(Instant)),
})
export type InspectionSummary = Static<typeof InspectionSummary>

export const InspectionList = Items(InspectionSummary)
export type InspectionList = Static<typeof InspectionList>

/** `sample` in drawing order: member i is check n = i + 1; `checks` are those that are done. */
export const InspectionDetail = Type.Object({
  ...InspectionSummary.properties,
  ...DrawPart,
  rules: RuleSet,
  software: Type.Optional(Type.String()),
  sample: ListOf(PopulationMember),
  checks: ListOf(Check),
  reviews: ListOf(Review),
})
export type InspectionDetail = Static<typeof InspectionDetail>

/** Which cameras: at most one of strata, preset, plan, sampleOf and draw; none: the classes of the rule set. */
export const InspectionStart = Type.Object(
  {
    area: Area,
    seed: Type.Optional(Type.String({ pattern: '^(?:[0-9a-fA-F]{2}){1,64}$', description: 'hexadecimal; made and shown when absent' })),
    strata: Type.Optional(ClassCounts),
    preset: Type.Optional(PlanName),
    plan: Type.Optional(PlanBody),
    networkedOnly: Type.Optional(Type.Boolean({ description: 'only cameras whose record says that they are networked' })),
    sampleOf: Type.Optional(Id),
    kinds: Type.Optional(Type.Array(CheckKind, { minItems: 1, maxItems: 3, description: 'with sampleOf: what the same cameras are checked for' })),
    draw: Type.Optional(Id),
    redrawReason: Type.Optional(RedrawReason),
    rules: Type.Optional(RuleSetName),
  },
  { additionalProperties: false },
)
export type InspectionStart = Static<typeof InspectionStart>

export const CheckParams = Type.Object({ id: Id, n: Type.Integer({ minimum: 1, maximum: 1_000_000 }) })
export const ReportParams = Type.Object({ id: Id, format: Type.Enum(['html', 'xlsx', 'docx', 'json']) })
export const ReportQuery = Type.Object({ lang: Type.Optional(Lang), number: Type.Optional(Type.String({ maxLength: 100, description: 'of the document, as the office files it: printed on the cover' })) }, { additionalProperties: false })
export const InspectionListQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })) }, { additionalProperties: false })
export const EvidenceParams = Type.Object({ id: Id, '*': Type.String({ minLength: 1, maxLength: 300 }) })

/**
 * One `data:` of GET /inspections/{id}/events; the SSE event name is `type`. A newcomer first gets what already happened.
 * Each event states a fact, so hearing one twice (after a reconnection) changes nothing. After `finished` the stream ends.
 */
export const InspectionEvent = Type.Union([
  Type.Object({ type: Type.Literal('started'), inspection: Type.String(), total: Type.Integer() }),
  Type.Object({ type: Type.Literal('check-started'), inspection: Type.String(), n: Type.Integer(), camera: Type.String(), name: Type.String() }),
  Type.Object({ type: Type.Literal('attempt'), inspection: Type.String(), n: Type.Integer(), attempt: Attempt }),
  Type.Object({ type: Type.Literal('check-done'), inspection: Type.String(), n: Type.Integer(), check: Check }),
  Type.Object({ type: Type.Literal('progress'), inspection: Type.String(), state: InspectionState, pausedBecause: Type.Optional(PauseReason), progress: InspectionProgress }),
  Type.Object({ type: Type.Literal('finished'), inspection: Type.String(), state: InspectionState }),
])
export type InspectionEvent = Static<typeof InspectionEvent>

export const Installation = Type.Object({
  algorithm: Type.Literal('Ed25519'),
  publicKey: Type.String({ description: 'SubjectPublicKeyInfo, PEM' }),
  fingerprint: Type.String({ description: 'SHA-256 of the key as DER, hex' }),
})
export type Installation = Static<typeof Installation>

/** Documents are always in a package. */
export const PackageQuery = Type.Object(
  {
    parts: Type.Optional(Type.String({ pattern: '^(none|(recordings|keyframes|pictures)(,(recordings|keyframes|pictures)){0,2})$', description: 'some of recordings, keyframes, pictures with commas between, or none; all when absent' })),
    check: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'one check alone' })),
  },
  { additionalProperties: false },
)

const RemovableKind = Type.Enum(['recording', 'keyframe', 'picture'])

/** `n` absent: every check of the inspection. */
export const Hold = Type.Object({
  id: Type.Integer(),
  inspection: Type.String(),
  n: Type.Optional(Type.Integer()),
  reason: Type.String(),
  by: Type.String(),
  atMs: Instant,
  released: Type.Optional(Type.Object({ atMs: Instant, by: Type.String(), reason: Type.String() })),
})
export type Hold = Static<typeof Hold>

export const HoldParams = Type.Object({ id: Id, hold: Type.Integer({ minimum: 1 }) })
export const HoldBody = Type.Object({ n: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })), reason: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false })
export const HoldReleaseBody = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false })

export const HoldListQuery = Type.Object(
  { open: Type.Optional(Type.Boolean({ description: 'only those that are not released' })), before: Type.Optional(Type.Integer({ minimum: 1, description: 'of a number below this' })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })) },
  { additionalProperties: false },
)

export const EvidenceState = Type.Object({
  totals: ListOf(Type.Object({ kind: RemovableKind, files: Type.Integer(), bytes: Type.Integer() })),
  freeBytes: Type.Number({ description: 'of the disk that evidence is on' }),
  hasRoom: Type.Boolean({ description: 'false: too little is free, and nothing is recorded' }),
  sweptAtMs: Type.Optional(Instant),
  removedFiles: Type.Optional(Type.Integer()),
  removedBytes: Type.Optional(Type.Integer()),
  rules: Type.Object(
    { days: Type.Object({ recording: Type.Integer(), keyframe: Type.Integer(), picture: Type.Integer() }), maxBytes: Type.Number(), minFreeBytes: Type.Number(), patrol: Type.Enum(['picture', 'all']) },
    { description: 'as configured (evidence.*): days each kind is kept, 0 for ever; bytes in all, 0 without bound; bytes that stay free; what a patrol keeps of a camera that passed' },
  ),
})
export type EvidenceState = Static<typeof EvidenceState>
