// An inspection by other rules: every check computed again from its recording, the outcome kept beside and nothing replaced. A recording that is
// gone, or is not the one that was kept, is said; nothing is guessed in its place.
import { join } from 'node:path'
import { AppError, type Clock, type Log, type RandomBytes } from '../../base/index.ts'
import { readKeptRecording, type KeptRecording } from '../io/kept-recording.ts'
import { concludeCheck } from '../judge.ts'
import { compareChecks, replayCheck, type ReplayDeps } from '../replay.ts'
import { rulesSha256 } from '../rules/index.ts'
import type { Check, Inspection, Rejudged, Rejudgement, RuleSet } from '../types.ts'
import type { ReviewStore } from './needs.ts'
import { createTurns } from './turns.ts'

export interface Rejudging {
  /** Begins in the background. Throws AppError `conflict` for an inspection that is not over, `busy` when too many wait. */
  readonly begin: (asked: { readonly inspection: Inspection; readonly rules: RuleSet; readonly by: string }) => Promise<Rejudgement>
  /** With what is done so far. */
  readonly get: (id: string) => Promise<Rejudgement | undefined>
  /** Newest first, without results. */
  readonly of: (inspection: string) => Promise<readonly Rejudgement[]>
  /** What is done stays. Throws AppError `conflict` for one that is over. */
  readonly cancel: (id: string) => Promise<Rejudgement>
  /** Resolves when it is over. */
  readonly finished: (id: string) => Promise<Rejudgement | undefined>
  readonly close: () => Promise<void>
}

export interface RejudgingDeps extends ReplayDeps {
  readonly store: ReviewStore
  readonly evidenceDir: string
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
}

/** Jobs that wait or run. Ours: each decodes every picture of an inspection. */
const maxJobs = 4
/** Differences of one check that are kept: beyond, the two have little in common. */
const maxDifferences = 40

interface Job {
  now: Rejudgement
  isStopped: boolean
  readonly over: Promise<Rejudgement>
}

export function createRejudging(deps: RejudgingDeps): Rejudging {
  const { store, clock, log } = deps
  const turns = createTurns(maxJobs)
  const jobs = new Map<string, Job>()
  let isClosed = false

  const run = async (job: Job, checks: readonly Check[]): Promise<Rejudgement> => {
    if (!job.isStopped) job.now = { ...job.now, state: 'running' }
    for (const check of checks) {
      if (job.isStopped) break
      job.now = { ...job.now, results: [...job.now.results, await rejudge(check, job.now, deps)] }
    }
    job.now = { ...job.now, state: isClosed && job.isStopped ? 'interrupted' : job.isStopped ? 'cancelled' : 'done', finishedAtMs: clock.wallMs() }
    await store.saveRejudgement(job.now)
    log.info({ inspection: job.now.inspection, rejudgement: job.now.id, state: job.now.state, checks: job.now.results.length }, 'judged again')
    return job.now
  }
  const get = async (id: string): Promise<Rejudgement | undefined> => jobs.get(id)?.now ?? store.rejudgement(id)
  return {
    begin: async ({ inspection, rules, by }) => {
      if (inspection.state !== 'done' && inspection.state !== 'cancelled') throw new AppError('conflict', `inspection ${inspection.id} is not over: it can be judged again when it is`)
      if (isClosed) throw new AppError('busy', 'the service is stopping')
      const now: Rejudgement = { id: `j-${deps.random(8).toString('hex')}`, inspection: inspection.id, rules, rulesSha256: rulesSha256(rules), by, atMs: clock.wallMs(), state: 'queued', software: deps.software, total: inspection.checks.length, results: [] }
      const { promise: over, resolve } = Promise.withResolvers<Rejudgement>()
      const job: Job = { now, isStopped: false, over }
      const work = turns.take(() => run(job, inspection.checks))
      jobs.set(now.id, job)
      void work
        .catch((error: unknown) => {
          log.error({ inspection: inspection.id, rejudgement: now.id, error: error instanceof Error ? error.message : String(error) }, 'judging again broke')
          return { ...job.now, state: 'interrupted' as const, finishedAtMs: clock.wallMs() }
        })
        .then((end) => {
          jobs.delete(now.id)
          resolve(end)
        })
      await store.saveRejudgement(now)
      return now
    },
    get,
    of: async (inspection) => (await store.rejudgements(inspection)).map((kept) => ({ ...kept, ...(jobs.get(kept.id) && { state: jobs.get(kept.id)?.now.state ?? kept.state }) })),
    cancel: async (id) => {
      const job = jobs.get(id)
      if (!job || job.now.finishedAtMs !== undefined) throw new AppError('conflict', `judging again ${id} is over`)
      job.isStopped = true
      return job.over
    },
    finished: async (id) => (await jobs.get(id)?.over) ?? store.rejudgement(id),
    close: async () => {
      isClosed = true
      for (const job of jobs.values()) job.isStopped = true
      await turns.idle()
    },
  }
}

/** One check by these rules, from its recording alone. */
async function rejudge(check: Check, { inspection, rules }: Rejudgement, deps: RejudgingDeps): Promise<Rejudged> {
  const base = { n: check.n, camera: check.camera.id, before: check.verdict }
  const without = (state: Rejudged['state'], remark: string): Rejudged => ({ ...base, state, differences: [], remarks: [remark] })
  const judged = (computed: Check, remarks: readonly string[]): Rejudged => ({ ...base, state: 'judged', after: computed.verdict, differences: bounded(compareChecks(check, computed)), remarks })
  const recording = check.evidence.find(({ kind }) => kind === 'recording')
  if (!recording) {
    if (!check.broken && check.attempts.length === 0 && check.kinds?.every((kind) => kind === 'record')) return judged(concludeCheck(check.n, check.camera, [], rules, [], { kinds: check.kinds }), [])
    return without('recording-gone', 'this check has no recording')
  }
  if (recording.removedAt !== undefined) return without('recording-gone', `the recording was removed on ${recording.removedAt}${recording.removedWhy === undefined ? '' : `: ${recording.removedWhy}`}`)
  try {
    const kept: KeptRecording = await readKeptRecording(join(deps.evidenceDir, inspection, recording.file), recording.sha256)
    if (kept.state !== 'kept') return without(...whyNot(kept, recording.file))
    const { computed, remarks } = await replayCheck(kept.events, deps, rules)
    return judged(computed, remarks)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return without('unreadable', error.message)
  }
}

function whyNot(kept: Exclude<KeptRecording, { state: 'kept' }>, file: string): [Rejudged['state'], string] {
  switch (kept.state) {
    case 'gone':
      return ['recording-gone', `${file} is gone`]
    case 'changed':
      return ['recording-changed', `${file} is not the one that was kept: its SHA-256 is another`]
    case 'unreadable':
      return ['unreadable', kept.detail]
  }
}

const bounded = (differences: readonly string[]): readonly string[] =>
  differences.length <= maxDifferences ? differences : [...differences.slice(0, maxDifferences), `and ${differences.length - maxDifferences} more`]
