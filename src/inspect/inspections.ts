// All inspections of the service: freeze, hash, draw, save, check in the background, report. One owner per running inspection.
import { join } from 'node:path'
import { AppError, type Clock, type Log, type RandomBytes } from '../base/index.ts'
import { runCheck, type RunningCheck } from './check.ts'
import { openEvidenceFolder, type EvidenceFolder } from './io/evidence-folder.ts'
import type { ObserverParts } from './observe.ts'
import { createDrawing, type Drawn, type DrawRequest } from './plan/drawing.ts'
import { leftOutText } from './plan/frame.ts'
import type { PlanFields } from './plan/check-plan.ts'
import type { DrawStore } from './plan/needs.ts'
import { kindsOfMembers } from './plan/redraws.ts'
import { populationText } from './population.ts'
import { chooseRules } from './rules/index.ts'
import { mayStart, type Place } from './schedule.ts'
import { reportOf } from './summary.ts'
import type { Check, CheckKind, Decoder, Inspection, InspectionEvent, InspectionState, InspectionStore, PopulationMember, Report, Review, RuleSet, Tap } from './types.ts'

export interface InspectionsDeps extends ObserverParts {
  readonly store: InspectionStore
  /** The unretired, declared cameras of an area, with these further fields of their records. */
  readonly population: (area: string, fields: readonly string[]) => Promise<readonly PopulationMember[]>
  /** Absent: nothing is exempted, no two sides draw, and nothing was drawn before. */
  readonly draws?: DrawStore
  /** Fields that a plan's conditions may look at. */
  readonly fields?: PlanFields
  readonly tap: Tap
  readonly decoder: Decoder
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  /** Each inspection leaves its recordings, pictures and population in a folder of its id in here. */
  readonly evidenceDir: string
  readonly software: string
  /** Bound of one check's recording; 64 MiB when absent. */
  readonly recordingLimitBytes?: number
}

export interface InspectionStart extends DrawRequest {
  /** A rule set's name, or a rule set of the user's own; `default` when absent. */
  readonly rules?: string | RuleSet
}

export interface Inspections {
  /** Resolves when the sample is drawn and saved; the checks go on in the background. Throws AppError `request.invalid`, `draw.invalid`, `draw.reason-needed`, `inspection.busy`, `data.unwritable`. */
  readonly start: (request: InspectionStart) => Promise<Inspection>
  readonly get: (id: string) => Promise<Inspection | undefined>
  /** Newest first. */
  readonly list: (limit: number) => Promise<readonly Inspection[]>
  /** Stops it: each running check leaves its stream, what is done stays. Resolves when that is so. Throws AppError `not-found` for one that is not running. */
  readonly cancel: (id: string) => Promise<Inspection>
  /** Hears which checks are under way with their attempts so far, then what happens; returns how to stop. Nothing comes of an inspection that is not running. */
  readonly on: (id: string, listener: (event: InspectionEvent) => void) => () => void
  /** Resolves when it is over, at once when it is. Throws AppError `not-found`. */
  readonly finished: (id: string) => Promise<Inspection>
  /** Of what is done so far. Throws AppError `not-found`. */
  readonly report: (id: string) => Promise<Report>
  readonly population: (id: string) => Promise<readonly PopulationMember[]>
  /** A person confirms or overrules one finished check; the machine's verdict stays. Throws AppError `not-found`, `request.invalid`. */
  readonly review: (review: Omit<Review, 'atMs'>) => Promise<Review>
  readonly reviews: (id: string) => Promise<readonly Review[]>
  /** Interrupts what runs, and waits until it has let go. Calling it twice is nothing. */
  readonly close: () => Promise<void>
}

/** Inspections at once: an assessor's and three more. Ours. */
const maxRunning = 4

interface Job extends Place {
  readonly n: number
  readonly member: PopulationMember
  /** What it was drawn for. */
  readonly kinds: readonly CheckKind[]
}

interface Running {
  readonly inspection: () => Inspection
  /** Repeats what is under way, then tells what happens; returns how to stop. */
  readonly hear: (listener: (event: InspectionEvent) => void) => () => void
  readonly places: () => readonly Place[]
  /** More devices may be free now. */
  readonly advance: () => void
  readonly stop: (state: 'cancelled' | 'interrupted') => void
  readonly finished: Promise<Inspection>
}

export function createInspections(deps: InspectionsDeps): Inspections {
  const { store, clock, log, software } = deps
  const all = new Map<string, Running>()
  const drawing = createDrawing({ ...deps, inspections: store })
  /** Starts that are not yet among the running ones count too. */
  let starting = 0
  let isClosed = false

  const start = async (request: InspectionStart): Promise<Inspection> => {
    if (isClosed) throw new AppError('busy', 'the service is stopping')
    if (all.size + starting >= maxRunning) throw new AppError('inspection.busy', `${maxRunning} inspections are running: wait for one, or cancel it`)
    starting++
    try {
      return await startOne(request)
    } finally {
      starting--
    }
  }
  const startOne = async (request: InspectionStart): Promise<Inspection> => {
    const rules = chooseRules(request.rules)
    return drawing.draw(request, rules, (drawn) => begin(request, rules, drawn))
  }
  const begin = async ({ area, by }: InspectionStart, rules: RuleSet, { draw: drawn, population, leftOut, about }: Drawn): Promise<Inspection> => {
    const startedAtMs = clock.wallMs()
    const id = `${new Date(startedAtMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${deps.random(3).toString('hex')}`
    const inspection: Inspection = { id, area, startedAtMs, state: 'running', createdBy: by, draw: drawn, ...about, rules, checks: [], total: drawn.members.length, software }
    const evidence = await openEvidenceFolder(join(deps.evidenceDir, id))
    await evidence.savePopulation(populationText(population), population)
    if (leftOut.length > 0) await evidence.saveList('left-out.tsv', leftOutText(leftOut))
    const devices = await Promise.all(drawn.members.map((member) => deps.tap.deviceOf(member.id)))
    await store.saveInspection(inspection, population, leftOut)
    const kinds = kindsOfMembers(drawn)
    const jobs = drawn.members.map((member, index): Job => ({ n: index + 1, member, kinds: kinds[index] ?? ['record', 'image'], camera: member.id, device: devices[index] ?? member.id }))
    const running = runInspection(inspection, jobs, evidence, deps, {
      elsewhere: () => [...all].flatMap(([other, { places }]) => (other === id ? [] : places())),
      onFree: () => [...all.values()].forEach(({ advance }) => advance()),
    })
    all.set(id, running)
    void running.finished.finally(() => all.delete(id))
    log.info({ inspection: id, area, by, seed: drawn.seed, population: drawn.population.size, drawn: inspection.total }, 'inspection started')
    if (isClosed) running.stop('interrupted')
    running.advance()
    return running.inspection()
  }
  const get = async (id: string): Promise<Inspection | undefined> => all.get(id)?.inspection() ?? (await store.inspection(id))
  const find = async (id: string): Promise<Inspection> => {
    const inspection = await get(id)
    if (!inspection) throw new AppError('not-found', `there is no inspection ${id}`)
    return inspection
  }
  return {
    start,
    get,
    list: async (limit) => (await store.inspections(limit)).map((kept) => all.get(kept.id)?.inspection() ?? kept),
    cancel: async (id) => {
      const running = all.get(id)
      if (!running) throw new AppError('not-found', `inspection ${id} is not running`)
      running.stop('cancelled')
      return running.finished
    },
    on: (id, listener) => all.get(id)?.hear(listener) ?? (() => {}),
    finished: async (id) => (await all.get(id)?.finished) ?? find(id),
    report: async (id) => reportOf({ software, ...(await find(id)) }),
    population: (id) => store.population(id),
    review: async ({ inspection, n, result, reason, by }) => {
      const { checks } = await find(inspection)
      if (!checks.some((check) => check.n === n)) throw new AppError('not-found', `inspection ${inspection} has no finished check ${n}`)
      if (reason.trim() === '') throw new AppError('request.invalid', 'a review needs its reason')
      const review: Review = { inspection, n, result, reason, by, atMs: clock.wallMs() }
      await store.saveReview(review)
      return review
    },
    reviews: (id) => store.reviews(id),
    close: async () => {
      isClosed = true
      for (const running of all.values()) running.stop('interrupted')
      await Promise.all([...all.values()].map(({ finished }) => finished))
    },
  }
}

interface Neighbours {
  /** What other inspections have running. */
  readonly elsewhere: () => readonly Place[]
  /** A device became free. */
  readonly onFree: () => void
}

/** One inspection: starts what may start, saves what is done, ends when nothing is left. A check that breaks ends the whole as `interrupted`: a sample with a hole in it is none. */
function runInspection(initial: Inspection, jobs: readonly Job[], evidence: EvidenceFolder, deps: InspectionsDeps, neighbours: Neighbours): Running {
  const { id, rules } = initial
  const { store, clock, log } = deps
  const listeners = new Set<(event: InspectionEvent) => void>()
  const running = new Map<Job, RunningCheck>()
  const { promise: finished, resolve } = Promise.withResolvers<Inspection>()
  let inspection = initial
  let waiting: readonly Job[] = jobs
  let end: Exclude<InspectionState, 'running'> = 'done'
  let isOver = false

  /** What was told of each check under way: a newcomer hears it first. */
  const underWay = new Map<number, readonly InspectionEvent[]>()
  const tell = (event: InspectionEvent): void => {
    if (event.type === 'check-started' || event.type === 'attempt') underWay.set(event.n, [...(underWay.get(event.n) ?? []), event])
    if (event.type === 'check-done') underWay.delete(event.n)
    for (const listener of [...listeners]) listener(event)
  }
  const hear = (listener: (event: InspectionEvent) => void): (() => void) => {
    for (const event of [...underWay.values()].flat()) listener(event)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const advance = (): void => {
    const next = mayStart(waiting, [...running.keys()], neighbours.elsewhere(), rules.concurrency)
    waiting = waiting.filter((job) => !next.includes(job))
    for (const job of next) begin(job)
    if (running.size === 0 && waiting.length === 0 && !isOver) {
      isOver = true
      void finish()
    }
  }
  const begin = (job: Job): void => {
    const { n, member } = job
    tell({ type: 'check-started', inspection: id, n, camera: member.id, name: member.name })
    const check = runCheck({ inspection: id, n, camera: member, rules }, { ...deps, evidence, ...(deps.recordingLimitBytes === undefined ? {} : { limitBytes: deps.recordingLimitBytes }) }, (attempt) =>
      tell({ type: 'attempt', inspection: id, n, attempt }),
    )
    running.set(job, check)
    void check.done
      .then(async (done) => {
        if (done) await keep(done)
      })
      .catch((error: unknown) => {
        log.error({ inspection: id, check: n, camera: member.id, error: error instanceof Error ? error.message : String(error) }, 'a check could not be kept: the inspection ends here')
        stop('interrupted')
      })
      .finally(() => {
        running.delete(job)
        advance()
        neighbours.onFree()
      })
  }
  const keep = async (check: Check): Promise<void> => {
    await store.saveCheck(id, check)
    inspection = { ...inspection, checks: [...inspection.checks, check].sort((a, b) => a.n - b.n) }
    log.info({ inspection: id, check: check.n, camera: check.camera.id, result: check.verdict.result, reasons: check.verdict.reasons }, 'check done')
    tell({ type: 'check-done', inspection: id, n: check.n, check })
  }
  const stop = (state: 'cancelled' | 'interrupted'): void => {
    if (isOver) return
    if (end === 'done') end = state
    waiting = []
    for (const check of running.values()) check.cancel()
    if (running.size === 0) advance()
  }
  const finish = async (): Promise<void> => {
    const finishedAtMs = clock.wallMs()
    inspection = { ...inspection, state: end, finishedAtMs }
    try {
      await store.finish(id, end, finishedAtMs)
    } catch (error) {
      log.error({ inspection: id, state: end, error: error instanceof Error ? error.message : String(error) }, 'the end of an inspection could not be saved')
    }
    log.info({ inspection: id, state: end, checks: inspection.checks.length }, 'inspection finished')
    tell({ type: 'finished', inspection: id, state: end })
    resolve(inspection)
  }
  return { inspection: () => inspection, hear, places: () => [...running.keys()], advance, stop, finished }
}
