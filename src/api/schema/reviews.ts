// What comes after a verdict: appeals, further checks, second opinions, judging again, and all of it in order.
import { Type, type Static } from 'typebox'
import { Id, Instant, Items, ListOf } from './common.ts'
import { Check, Result, Review } from './checks.ts'
import { RuleSet, RuleSetName } from './rule-sets.ts'

const Count = Type.Integer({ minimum: 1, maximum: 2_000_000_000 })
const Reason = Type.String({ minLength: 1, maxLength: 1000 })
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Verdict = Type.Object({ result: Result, reasons: ListOf(Type.String()), notes: Type.Optional(ListOf(Type.String())) })

export const AppealFile = Type.Object({
  id: Type.String(),
  name: Type.String(),
  contentType: Type.String(),
  size: Type.Integer(),
  sha256: Type.String(),
  by: Type.String(),
  atMs: Instant,
})
export type AppealFile = Static<typeof AppealFile>

export const Appeal = Type.Object({
  id: Type.Integer(),
  inspection: Type.String(),
  n: Type.Integer(),
  text: Type.String(),
  by: Type.String(),
  atMs: Instant,
  files: ListOf(AppealFile),
  decision: Type.Optional(Review),
})
export type Appeal = Static<typeof Appeal>
export const AppealList = Items(Appeal)

export const AppealBody = Type.Object({ text: Type.String({ minLength: 1, maxLength: 4000 }) }, { additionalProperties: false })
export const DecisionBody = Type.Object(
  { decision: Type.Enum(['granted', 'rejected']), result: Type.Optional(Type.Enum(['pass', 'fail', 'review'], { description: 'of one that is granted: what counts from now on' })), reason: Reason },
  { additionalProperties: false },
)
export const AppealParams = Type.Object({ id: Id, appeal: Count })
export const AppealFileParams = Type.Object({ id: Id, appeal: Count, file: Type.String({ pattern: '^[0-9a-f]{16}$' }) })

export const Recheck = Type.Object({
  id: Type.Integer(),
  inspection: Type.String(),
  n: Type.Integer(),
  why: Type.Enum(['automatic', 'asked']),
  by: Type.String(),
  reason: Type.String(),
  askedAtMs: Instant,
  dueAtMs: Instant,
  state: Type.Enum(['due', 'running', 'done', 'failed', 'cancelled']),
  begunAtMs: Type.Optional(Instant),
  doneAtMs: Type.Optional(Instant),
  detail: Type.Optional(Type.String()),
  check: Type.Optional(Check),
})
export type Recheck = Static<typeof Recheck>
export const RecheckList = Items(Recheck)
export const RecheckBody = Type.Object({ reason: Reason }, { additionalProperties: false })
export const RecheckParams = Type.Object({ id: Id, recheck: Count })

/** The package that an opinion came as, and what the operator's list says now of the key that signed it. */
const OpinionPackage = Type.Object({
  fingerprint: Type.String({ description: 'SHA-256 of the public key as DER, hex' }),
  manifestSha256: Type.String(),
  inspection: Type.String({ description: 'as the other installation calls it' }),
  n: Type.Integer(),
  madeAt: Type.String(),
  madeBy: Type.String(),
  software: Type.String(),
})
const KeyStanding = Type.Object({ state: Type.Enum(['trusted', 'unknown', 'revoked']), name: Type.Optional(Type.String({ description: 'whose key it is, as the operator has written' })) })

export const OpinionState = Type.Enum(['awaiting', 'verified', 'differs', 'unreadable'])
/** `verified`: its recording, computed again here, gives every field of its check. */
export const Opinion = Type.Object({
  id: Type.Integer(),
  inspection: Type.String(),
  n: Type.Integer(),
  node: Type.String(),
  by: Type.String(),
  atMs: Instant,
  verdict: Verdict,
  recordingSha256: Type.String(),
  file: Type.Optional(Type.String()),
  state: OpinionState,
  verifiedAtMs: Type.Optional(Instant),
  computed: Type.Optional(Verdict),
  differences: ListOf(Type.String()),
  remarks: ListOf(Type.String()),
  signed: Type.Optional(OpinionPackage),
  key: Type.Optional(KeyStanding),
})
export type Opinion = Static<typeof Opinion>
export const OpinionList = Items(Opinion)
export const OpinionBody = Type.Object(
  {
    node: Type.String({ minLength: 1, maxLength: 64, description: 'name of the installation that made it' }),
    check: Type.Object({}, { additionalProperties: true, description: 'the verdict file beside its recording' }),
    recordingSha256: Sha256,
  },
  { additionalProperties: false },
)
export const OpinionParams = Type.Object({ id: Id, opinion: Count })

const Rejudged = Type.Object({
  n: Type.Integer(),
  camera: Type.String(),
  state: Type.Enum(['judged', 'recording-gone', 'recording-changed', 'unreadable']),
  before: Verdict,
  after: Type.Optional(Verdict),
  differences: ListOf(Type.String()),
  remarks: ListOf(Type.String()),
})
const rejudgement = {
  id: Type.String(),
  inspection: Type.String(),
  ruleSet: Type.Object({ name: Type.String(), version: Type.Integer(), sha256: Type.String() }),
  by: Type.String(),
  atMs: Instant,
  state: Type.Enum(['queued', 'running', 'done', 'cancelled', 'interrupted']),
  finishedAtMs: Type.Optional(Instant),
  software: Type.String(),
  total: Type.Integer(),
  done: Type.Integer(),
  /** Of those that are done: the other result, and those that could not be judged. */
  changed: Type.Integer(),
  notJudged: Type.Integer(),
}
export const RejudgementSummary = Type.Object(rejudgement)
export type RejudgementSummary = Static<typeof RejudgementSummary>
export const RejudgementList = Items(Type.Omit(RejudgementSummary, ['done', 'changed', 'notJudged']))
export const Rejudgement = Type.Object({ ...rejudgement, rules: RuleSet, results: ListOf(Rejudged) })
export type Rejudgement = Static<typeof Rejudgement>
export const RejudgeBody = Type.Object({ rules: Type.Union([RuleSetName, Type.Object({}, { additionalProperties: true })], { description: 'name, name@version, or a rule set of one’s own' }) }, { additionalProperties: false })
export const RejudgementParams = Type.Object({ id: Id, rejudgement: Type.String({ pattern: '^j-[0-9a-f]{16}$' }) })

/** What happened to one check, oldest first; which members there are follows from `type`. */
export const HistoryEntry = Type.Object({
  type: Type.Enum(['verdict', 'recheck-asked', 'recheck-done', 'appeal', 'appeal-file', 'review', 'opinion', 'opinion-verified', 'rejudged']),
  atMs: Instant,
  by: Type.String({ description: 'empty: the program' }),
  verdict: Type.Optional(Verdict),
  node: Type.Optional(Type.String()),
  recheck: Type.Optional(Type.Integer()),
  why: Type.Optional(Type.Enum(['automatic', 'asked'])),
  reason: Type.Optional(Type.String()),
  dueAtMs: Type.Optional(Instant),
  state: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  appeal: Type.Optional(Type.Integer()),
  text: Type.Optional(Type.String()),
  file: Type.Optional(AppealFile),
  result: Type.Optional(Result),
  decision: Type.Optional(Type.Enum(['granted', 'rejected'])),
  opinion: Type.Optional(Type.Integer()),
  differences: Type.Optional(ListOf(Type.String())),
  signed: Type.Optional(OpinionPackage),
  key: Type.Optional(KeyStanding),
  rejudgement: Type.Optional(Type.String()),
  rules: Type.Optional(Type.Object({ name: Type.String(), version: Type.Integer() })),
})
export type HistoryEntry = Static<typeof HistoryEntry>
export const History = Items(HistoryEntry)
