// All inspections of the service: freeze, hash, draw, save, check in the background, report. One owner per running inspection.
import { join } from 'node:path'
import { AppError, type Clock, type Log, type RandomBytes } from '../base/index.ts'
import { conduct, type Job, type Running } from './conduct.ts'
import { openEvidenceFolder, type EvidenceFolder } from './io/evidence-folder.ts'
import type { ObserverParts } from './observe.ts'
import { createDrawing, type Drawn, type DrawRequest } from './plan/drawing.ts'
import { leftOutText } from './plan/frame.ts'
import type { PlanFields } from './plan/check-plan.ts'
import type { DrawStore } from './plan/needs.ts'
import { kindsOfMembers } from './plan/redraws.ts'
import { populationText } from './population.ts'
import { chooseRules } from './rules/index.ts'
import type { Place } from './schedule.ts'
import { reportOf } from './summary.ts'
import type { Decoder, Inspection, InspectionEvent, InspectionStore, InspectionWish, PictureContext, Plan, PopulationMember, Report, Review, RuleSet, Tap } from './types.ts'

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
  /** False while the disk is too full to record: nothing begins, and what runs pauses. Absent: it never is. */
  readonly hasRoom?: () => boolean
  readonly software: string
  /** What is known of a camera's picture before a check; absent: nothing. */
  readonly contextOf?: (camera: string) => Promise<PictureContext>
  /** Name of this installation, in the checks that it makes. */
  readonly node?: string
  /** What else has checks running, which share the devices but not the total. */
  readonly others?: () => readonly Place[]
  /** Of a check of such a plan that passes one picture stays; absent: everything does. */
  readonly isThinned?: (plan: Plan | undefined) => boolean
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
  /** With counts instead of checks. */
  readonly outline: (id: string) => Promise<Inspection | undefined>
  /** As `outline`, without the members of its draw. */
  readonly head: (id: string) => Promise<Inspection | undefined>
  /** One that is done. */
  readonly check: InspectionStore['check']
  /** What was drawn, in that order, with what is done of it: a page at a time. */
  readonly checkPage: InspectionStore['checkPage']
  /** Newest first. */
  readonly list: (limit: number, wish?: InspectionWish) => Promise<readonly Inspection[]>
  /** Nothing more begins; what is under way is brought to its end. Throws AppError `not-found` for one that is not running. */
  readonly pause: (id: string) => Promise<Inspection>
  /** Goes on with one that is paused, or that a restart left behind: checks that are done stay. Throws AppError `not-found`, `conflict` for one that is over, `inspection.busy`. */
  readonly resume: (id: string) => Promise<Inspection>
  /** At the start of the service: goes on with what the one before it left running, and takes up what it left paused. Returns how many. */
  readonly pickUpUnfinished: () => Promise<number>
  /** Stops it: each running check leaves its stream, what is done stays. Resolves when that is so, with counts instead of checks. Throws AppError `not-found` for one that is not running. */
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
  /** What has a check running now. */
  readonly places: () => readonly Place[]
  /** A device became free elsewhere. */
  readonly advance: () => void
  /** Lets go of what runs; the next service goes on with it. Calling it twice is nothing. */
  readonly close: () => Promise<void>
}

/** Inspections at once: an assessor's and three more. Ours. */
const maxRunning = 4
const lookedUpAtOnce = 200

interface Early {
  readonly listener: (event: InspectionEvent) => void
  stop: () => void
}

export function createInspections(deps: InspectionsDeps): Inspections {
  const { store, clock, log, software } = deps
  const all = new Map<string, Running>()
  const drawing = createDrawing({ ...deps, inspections: store })
  /** Starts that are not yet among the running ones count too. */
  let starting = 0
  const takingUp = new Set<string>()
  /** Begun or taken up here: not what the service before this one left. */
  const own = new Set<string>()
  let isClosed = false

  const start = async (request: InspectionStart): Promise<Inspection> => {
    if (deps.hasRoom?.() === false) throw new AppError('disk.full', 'too little of the disk is free to record anything: make room, or let less be kept (evidence.*)')
    if (isClosed) throw new AppError('busy', 'the service is stopping')
    insistOnRoom()
    starting++
    try {
      return await startOne(request)
    } finally {
      starting--
    }
  }
  /** Listeners of inspections that are not under way, or not yet: each leaves with its stream. */
  const early = new Map<string, Set<Early>>()
  const insistOnRoom = (): void => {
    if (all.size + starting >= maxRunning) throw new AppError('inspection.busy', `${maxRunning} inspections are running: wait for one, or cancel it`)
  }
  const startOne = async (request: InspectionStart): Promise<Inspection> => {
    const rules = chooseRules(request.rules)
    return drawing.draw(request, rules, (drawn) => begin(request, rules, drawn))
  }
  const begin = async ({ area, by }: InspectionStart, rules: RuleSet, { draw: drawn, population, leftOut, about }: Drawn): Promise<Inspection> => {
    const startedAtMs = clock.wallMs()
    const id = `${new Date(startedAtMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${deps.random(3).toString('hex')}`
    const inspection: Inspection = { id, area, startedAtMs, state: 'running', createdBy: by, draw: drawn, ...about, rules, checks: [], total: drawn.members.length, software }
    own.add(id)
    const evidence = await openEvidenceFolder(join(deps.evidenceDir, id), deps.hasRoom)
    await evidence.savePopulation(populationText(population), population)
    if (leftOut.length > 0) await evidence.saveList('left-out.tsv', leftOutText(leftOut))
    await store.saveInspection(inspection, population, leftOut)
    log.info({ inspection: id, area, by, seed: drawn.seed, population: drawn.population.size, drawn: inspection.total }, 'inspection started')
    await run(inspection, new Set(), evidence)
    return inspection
  }
  /** `done`: numbers of the checks that are. */
  const run = async (inspection: Inspection, done: ReadonlySet<number>, evidence: EvidenceFolder, resumedAtMs?: number): Promise<void> => {
    const { id } = inspection
    const running = conduct(inspection, await jobsOf(inspection, done), {
      ...deps,
      evidence,
      isThinned: deps.isThinned?.(inspection.plan) === true,
      ...(deps.recordingLimitBytes === undefined ? {} : { limitBytes: deps.recordingLimitBytes }),
      elsewhere: () => [...[...all].flatMap(([other, { places }]) => (other === id ? [] : places())), ...(deps.others?.() ?? [])],
      onFree: () => [...all.values()].forEach(({ advance }) => advance()),
    })
    all.set(id, running)
    for (const one of early.get(id) ?? []) one.stop = running.hear(one.listener)
    early.delete(id)
    void running.finished.finally(() => all.delete(id))
    // Whoever reads that it goes on finds it going on.
    if (resumedAtMs !== undefined) await store.setState(id, 'running', { resumedAtMs })
    if (isClosed) running.stop('cut')
    running.advance()
  }
  /** In drawing order. What carries whom is looked up now: it may have changed since the draw. */
  const jobsOf = async ({ draw: drawn }: Inspection, done: ReadonlySet<number>): Promise<readonly Job[]> => {
    const kinds = kindsOfMembers(drawn)
    const jobs: Job[] = []
    for (const [index, member] of drawn.members.entries()) {
      if (done.has(index + 1)) continue
      const carriers = await deps.tap.carriersOf(member.id)
      jobs.push({ n: index + 1, member, kinds: kinds[index] ?? ['record', 'image'], camera: member.id, area: member.area, carriers })
      // Sockets have their turn while ten thousand cameras are looked up.
      if (jobs.length % lookedUpAtOnce === 0) await new Promise<void>((go) => void clock.after(0, go))
    }
    return jobs
  }
  const pickUp = async (id: string, news: { readonly resumedAtMs?: number }): Promise<void> => {
    const [kept, done] = [await store.outline(id), await store.doneChecks(id)]
    if (!kept) throw new AppError('not-found', `there is no inspection ${id}`)
    const state = kept.state === 'paused' && news.resumedAtMs === undefined ? 'paused' : 'running'
    const evidence = await openEvidenceFolder(join(deps.evidenceDir, id), deps.hasRoom)
    await run({ ...kept, state }, new Set(done), evidence, news.resumedAtMs)
    log.info({ inspection: id, done: done.length, of: kept.total, state }, 'inspection picked up')
  }
  const present = <T extends Inspection>(kept: T): T => {
    const running = all.get(kept.id)
    if (!running) return kept
    const because = running.pausedBecause()
    return { ...kept, state: running.state(), ...(because && { pausedBecause: because }), progress: running.progress() }
  }
  const get = async (id: string): Promise<Inspection | undefined> => {
    const kept = await store.inspection(id)
    return kept && present(kept)
  }
  const outline = async (id: string): Promise<Inspection | undefined> => {
    const kept = await store.outline(id)
    return kept && present(kept)
  }
  const head = async (id: string): Promise<Inspection | undefined> => {
    const kept = await store.head(id)
    return kept && present(kept)
  }
  const findHead = async (id: string): Promise<Inspection> => {
    const inspection = await head(id)
    if (!inspection) throw new AppError('not-found', `there is no inspection ${id}`)
    return inspection
  }
  const find = async (id: string): Promise<Inspection> => {
    const inspection = await get(id)
    if (!inspection) throw new AppError('not-found', `there is no inspection ${id}`)
    return inspection
  }
  const runningOf = (id: string): Running => {
    const running = all.get(id)
    if (!running) throw new AppError('not-found', `inspection ${id} is not running`)
    return running
  }
  /** One that nobody conducts: it was interrupted by a version that could not go on, or could not be picked up. */
  const takeUp = async (id: string): Promise<void> => {
    const { state } = await findHead(id)
    if (state === 'done' || state === 'cancelled') throw new AppError('conflict', `inspection ${id} is over`)
    if (isClosed) throw new AppError('busy', 'the service is stopping')
    if (takingUp.has(id)) throw new AppError('conflict', `inspection ${id} is being resumed`)
    insistOnRoom()
    starting++
    takingUp.add(id)
    own.add(id)
    try {
      await pickUp(id, { resumedAtMs: clock.wallMs() })
    } finally {
      starting--
      takingUp.delete(id)
    }
  }
  return {
    start,
    get,
    outline,
    head,
    check: (id, n) => store.check(id, n),
    checkPage: (id, wish) => store.checkPage(id, wish),
    list: async (limit, wish) => (await store.inspections(limit, wish)).map(present),
    pause: async (id) => {
      await runningOf(id).pause()
      return findHead(id)
    },
    resume: async (id) => {
      const running = all.get(id)
      if (running) await running.resume()
      else await takeUp(id)
      return findHead(id)
    },
    cancel: async (id) => {
      const running = runningOf(id)
      running.stop('cancelled')
      await running.finished
      return findHead(id)
    },
    pickUpUnfinished: async () => {
      const left = (await store.unfinished()).filter(({ id }) => !own.has(id))
      for (const { id, state } of left) {
        if (own.has(id)) continue
        own.add(id)
        try {
          await pickUp(id, state === 'running' ? { resumedAtMs: clock.wallMs() } : {})
        } catch (error) {
          log.error({ inspection: id, error: error instanceof Error ? error.message : String(error) }, 'an inspection could not be picked up: it stays as it is, and can be resumed')
        }
      }
      return left.length
    },
    on: (id, listener) => {
      const running = all.get(id)
      if (running) return running.hear(listener)
      // Who asks between a restart and the picking up hears of it from then on.
      const one: Early = { listener, stop: () => void early.get(id)?.delete(one) }
      early.set(id, (early.get(id) ?? new Set()).add(one))
      return () => {
        one.stop()
        if (early.get(id)?.size === 0) early.delete(id)
      }
    },
    finished: async (id) => {
      await all.get(id)?.finished
      return find(id)
    },
    report: async (id) => {
      const inspection = await find(id)
      return reportOf({ software, ...inspection, draws: await drawing.around(inspection.area, inspection.startedAtMs) }, await store.reviews(id))
    },
    population: (id) => store.population(id),
    review: async ({ inspection, n, result, reason, by }) => {
      if (!(await store.check(inspection, n))) throw new AppError('not-found', `inspection ${inspection} has no finished check ${n}`)
      if (reason.trim() === '') throw new AppError('request.invalid', 'a review needs its reason')
      const review: Review = { inspection, n, result, reason, by, atMs: clock.wallMs() }
      await store.saveReview(review)
      return review
    },
    reviews: (id) => store.reviews(id),
    places: () => [...all.values()].flatMap(({ places }) => places()),
    advance: () => [...all.values()].forEach(({ advance }) => advance()),
    close: async () => {
      isClosed = true
      for (const running of all.values()) running.stop('cut')
      await Promise.all([...all.values()].map(({ finished }) => finished))
    },
  }
}
