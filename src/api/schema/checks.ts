// One check of a camera: attempts, pictures, evidence, verdict, and what persons said of it. The nouns are those of report.json.
import { Type, type Static } from 'typebox'
import { Instant, ListOf } from './common.ts'
import { Finding } from './cameras.ts'
import { CheckKind } from './draws.ts'
import { StreamTransport, VideoCodec } from './live.ts'
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
  blurFigure: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])),
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
  sharpness: Type.Object({ blurPx: Type.Optional(Type.Number()), figure: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])), band: Band }),
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
  broken: Type.Optional(Type.Object({ code: Type.String(), detail: Type.String(), tries: Type.Integer() }, { description: 'a fault of this service kept it from being carried out: nothing of its attempts is judged' })),
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
