// One inspection while it runs: starts what may start, saves what is done, pauses, goes on, ends when nothing is left. What is done is in the store
// and nowhere else, so that a patrol of ten thousand cameras holds no more than what is under way.
import { describeBreak, machineFault, triesOfBroken } from './broken.ts'
import { runCheck, type CheckParts, type RunningCheck } from './check.ts'
import { concludeCheck } from './judge.ts'
import { createProgress } from './progress.ts'
import { createQueue, type Place } from './schedule.ts'
import type { Check, CheckKind, Inspection, InspectionEvent, InspectionProgress, InspectionState, InspectionStore, PauseReason, PopulationMember } from './types.ts'

export interface Job extends Place {
  readonly n: number
  readonly member: PopulationMember
  /** What it was drawn for. */
  readonly kinds: readonly CheckKind[]
}

export interface ConductParts extends CheckParts {
  readonly store: InspectionStore
  /** What other inspections have running. */
  readonly elsewhere: () => readonly Place[]
  /** A device became free. */
  readonly onFree: () => void
}

export interface Running {
  /** Repeats what is under way, then tells what happens; returns how to stop. */
  readonly hear: (listener: (event: InspectionEvent) => void) => () => void
  readonly places: () => readonly Place[]
  readonly state: () => InspectionState
  readonly pausedBecause: () => PauseReason | undefined
  readonly progress: () => InspectionProgress
  /** More devices may be free now. */
  readonly advance: () => void
  /** Nothing more begins; what is under way is brought to its end. */
  readonly pause: (because?: PauseReason) => Promise<void>
  readonly resume: () => Promise<void>
  /** `cancelled`: it is over, what is done stays. `cut`: the service ends; the next one goes on with it. */
  readonly stop: (how: 'cancelled' | 'cut') => void
  /** It is over or cut, and has let go of everything. */
  readonly finished: Promise<void>
}

/** `total`: of the whole inspection; `isPaused`: as it was left. */
export function conduct({ id, rules, total, state: began }: Pick<Inspection, 'id' | 'rules' | 'total' | 'state'>, jobs: readonly Job[], parts: ConductParts): Running {
  const { store, clock, log } = parts
  const listeners = new Set<(event: InspectionEvent) => void>()
  const running = new Map<Job, RunningCheck>()
  const broken = new Map<number, number>()
  const queue = createQueue(jobs)
  const progress = createProgress(clock, { total, done: total - jobs.length })
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  let state: InspectionState = began === 'paused' ? 'paused' : 'running'
  let because: PauseReason | undefined
  let stopped: 'cancelled' | 'cut' | undefined
  let isOver = false

  /** What was told of each check under way: a newcomer hears it first. */
  const underWay = new Map<number, readonly InspectionEvent[]>()
  const tell = (event: InspectionEvent): void => {
    if (event.type === 'check-started' || event.type === 'attempt') underWay.set(event.n, [...(underWay.get(event.n) ?? []), event])
    if (event.type === 'check-done') underWay.delete(event.n)
    for (const listener of [...listeners]) listener(event)
  }
  const tellProgress = (): void => tell({ type: 'progress', inspection: id, state, ...(because && { pausedBecause: because }), progress: progress.now(running.size) })
  const hear = (listener: (event: InspectionEvent) => void): (() => void) => {
    for (const event of [...underWay.values()].flat()) listener(event)
    listener({ type: 'progress', inspection: id, state, ...(because && { pausedBecause: because }), progress: progress.now(running.size) })
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const advance = (): void => {
    if (state === 'running' && !stopped) for (const job of queue.take([...running.keys()], parts.elsewhere(), rules.concurrency)) begin(job)
    if (running.size > 0 || isOver) return
    if (stopped || (queue.size() === 0 && state === 'running')) {
      isOver = true
      void finish()
    }
  }
  const begin = (job: Job): void => {
    const { n, member, kinds } = job
    progress.begun(n)
    tell({ type: 'check-started', inspection: id, n, camera: member.id, name: member.name })
    const check = runCheck({ inspection: id, n, camera: member, rules, kinds, tries: (broken.get(n) ?? 0) + 1 }, parts, (attempt) => tell({ type: 'attempt', inspection: id, n, attempt }))
    running.set(job, check)
    void check.done
      .then(async (done) => {
        if (done) await keep(done)
      })
      .catch((error: unknown) => fail(job, error))
      .finally(() => {
        running.delete(job)
        underWay.delete(n)
        progress.left(n)
        if (!stopped) tellProgress()
        advance()
        parts.onFree()
      })
  }
  const keep = async (check: Check): Promise<void> => {
    await store.saveCheck(id, check)
    progress.done(check.n)
    log.info({ inspection: id, check: check.n, camera: check.camera.id, result: check.verdict.result, reasons: check.verdict.reasons }, 'check done')
    tell({ type: 'check-done', inspection: id, n: check.n, check })
  }
  /** A full disk holds the whole up until someone has made room; a check that breaks by itself is tried again, then kept as what it is. */
  const fail = async (job: Job, error: unknown): Promise<void> => {
    const { n, member, kinds } = job
    const detail = error instanceof Error ? error.message : String(error)
    const tries = (broken.get(n) ?? 0) + 1
    log.error({ inspection: id, check: n, camera: member.id, tries, error: detail }, 'a check could not be kept')
    if (stopped) return
    const code = machineFault(error)
    if (code === undefined) broken.set(n, tries)
    // Not even a recording of it could be written.
    if (code === undefined && tries >= triesOfBroken) {
      const check = concludeCheck(n, member, [], rules, [], { kinds, broken: describeBreak(error, tries, parts.evidence.path) })
      return keep(check).catch((failure: unknown) => hold(job, failure, 'data.unwritable'))
    }
    if (code === undefined) queue.putBack(job)
    else await hold(job, error, code)
  }
  const hold = async (job: Job, error: unknown, code: string): Promise<void> => {
    queue.putBack(job)
    await pause({ code, detail: error instanceof Error ? error.message : String(error) })
  }
  const setState = async (to: 'running' | 'paused', resumedAtMs?: number): Promise<void> => {
    try {
      await store.setState(id, to, { ...(because && { pausedBecause: because }), ...(resumedAtMs !== undefined && { resumedAtMs }) })
    } catch (error) {
      log.error({ inspection: id, state: to, error: error instanceof Error ? error.message : String(error) }, 'the state of an inspection could not be saved')
    }
  }
  const pause = async (reason?: PauseReason): Promise<void> => {
    if (isOver || stopped || state === 'paused') return
    state = 'paused'
    because = reason
    progress.pause()
    log[reason ? 'warn' : 'info']({ inspection: id, ...reason }, 'inspection paused')
    tellProgress()
    await setState('paused')
  }
  const resume = async (): Promise<void> => {
    if (isOver || stopped || state === 'running') return
    state = 'running'
    because = undefined
    progress.resume()
    log.info({ inspection: id, waiting: queue.size() }, 'inspection goes on')
    tellProgress()
    await setState('running', clock.wallMs())
    advance()
  }
  const stop = (how: 'cancelled' | 'cut'): void => {
    if (isOver) return
    stopped ??= how
    queue.clear()
    for (const check of running.values()) check.cancel(how === 'cut')
    if (running.size === 0) advance()
  }
  const finish = async (): Promise<void> => {
    if (stopped === 'cut') return resolve()
    state = stopped ?? 'done'
    try {
      await store.finish(id, state, clock.wallMs())
    } catch (error) {
      log.error({ inspection: id, state, error: error instanceof Error ? error.message : String(error) }, 'the end of an inspection could not be saved')
    }
    log.info({ inspection: id, state, ...progress.now(0) }, 'inspection finished')
    tell({ type: 'finished', inspection: id, state })
    resolve()
  }
  if (state === 'paused') progress.pause()
  return { hear, places: () => [...running.keys()], state: () => state, pausedBecause: () => because, progress: () => progress.now(running.size), advance, pause, resume, stop, finished }
}
