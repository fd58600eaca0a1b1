// A whole area looked at again: each record by itself and against catalogs, then what only many records show. In parts, so that nobody waits.
import { AppError, type Clock, type Log } from '../base/index.ts'
import { judge } from './camera.ts'
import type { AreaCheckRun, AreaChecks, AreaNote } from './check-types.ts'
import type { FindingSteps, Found } from './finding-types.ts'
import { addSteps, noSteps, type Reconciler } from './reconcile/reconciler.ts'
import type { RuleContext } from './rules.ts'
import type { Camera, Finding, RegistryStore } from './types.ts'

/** Records read, judged and written at one go: some 5 ms. Findings of many records are kept in parts of the same size. */
const part = 50
/** Runs that are remembered after they ended, here and in the store. */
const maxKept = 50

/** What only many records show: fed with each record, then asked. */
export interface Together {
  readonly push: (record: Pick<Camera, 'id' | 'declared' | 'presence' | 'reported'>) => void
  readonly finish: () => Iterable<{ readonly cameraId: string; readonly finding: Finding }>
  /** What could not be applied, asked before `finish`. */
  readonly notes: () => readonly AreaNote[]
}

export interface ChecksOptions {
  readonly store: RegistryStore
  readonly clock: Clock
  readonly log: Log
  readonly context: () => RuleContext
  readonly reconciler: Reconciler
  readonly together: ((context: RuleContext) => Together) | undefined
  /** Alone with the records, and a turn for everything else after it. */
  readonly inPart: <T>(task: () => Promise<T>) => Promise<T>
}

interface Run {
  state: AreaCheckRun
  isCancelled: boolean
  ended: Promise<void>
}

const overlaps = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a)

export function createChecks(options: ChecksOptions): AreaChecks {
  const { store, clock, log, context, reconciler, together, inPart } = options
  const runs = new Map<string, Run>()
  let last = 0

  const note = (run: Run, more: Partial<AreaCheckRun>): void => {
    run.state = { ...run.state, ...more }
  }
  const count = (run: Run, steps: FindingSteps): void => note(run, addSteps(run.state, steps))

  /** Keeps what each record's own rules and catalogs show. */
  const lookAt = async (run: Run, cameras: readonly Camera[]): Promise<void> => {
    const now = context()
    const judged = cameras.map((camera) => (camera.isDraft ? camera : { ...camera, ...judge(camera.declared, now) }))
    const stale = judged.filter((camera, index) => isOther(camera, cameras[index]))
    const own = judged.filter(({ isDraft }) => !isDraft).map((camera): Found => ({ cameraId: camera.id, source: 'record', findings: camera.isRetired ? [] : camera.findings }))
    const found = [...own, ...(await reconciler.findingsOf(judged))]
    count(run, await store.keepFindings(found, now.nowMs))
    if (stale.length > 0) await store.saveCameras(stale, [], { found: [], atMs: now.nowMs })
    note(run, { rewritten: run.state.rewritten + stale.length })
  }

  /**
   * Duplicates may lie in a neighbour's district: every record is pushed whatever area is asked, and only the area's findings are kept. Were they
   * looked for within the area alone, what a wider check has found would pass for fixed.
   */
  const readAll = async (run: Run, { area }: AreaCheckRun): Promise<{ readonly many: Together | undefined; readonly ids: ReadonlySet<string> }> => {
    const many = together?.(context())
    const ids = new Set<string>()
    const scanned = many ? '' : area
    note(run, { total: await inPart(() => store.cameraTotal(scanned)) })
    for (let after: string | undefined = ''; after !== undefined && !run.isCancelled; ) {
      const from: string = after
      after = await inPart(async () => {
        const cameras = await store.camerasAfter(scanned, from, part)
        for (const camera of cameras) if (many && !camera.isDraft && !camera.isRetired) many.push(camera)
        const within = cameras.filter((camera) => liesIn(camera, area))
        for (const { id } of within) ids.add(id)
        if (within.length > 0) await lookAt(run, within)
        note(run, { done: run.state.done + cameras.length })
        return cameras.length === part ? cameras.at(-1)?.id : undefined
      })
    }
    return { many, ids }
  }

  const keepTogether = async (run: Run, many: Together, ids: ReadonlySet<string>): Promise<void> => {
    note(run, { stage: 'together', notes: many.notes().filter(({ area }) => area.startsWith(run.state.area)) })
    const found = new Map<string, Finding[]>()
    let seen = 0
    for (const { cameraId, finding } of many.finish()) {
      if (ids.has(cameraId)) found.set(cameraId, [...(found.get(cameraId) ?? []), finding])
      if (++seen % 2000 === 0) await inPart(() => Promise.resolve())
    }
    const keep = async (cameras: readonly string[]): Promise<void> => {
      const list = cameras.map((cameraId): Found => ({ cameraId, source: 'area', findings: found.get(cameraId) ?? [] }))
      count(run, await inPart(() => store.keepFindings(list, clock.wallMs())))
    }
    const all = [...found.keys()]
    for (let at = 0; at < all.length && !run.isCancelled; at += part) await keep(all.slice(at, at + part))
    for (let after: string | undefined = ''; after !== undefined && !run.isCancelled; ) {
      const from: string = after
      const before: readonly string[] = await inPart(() => store.camerasFound('area', run.state.area, from, part * 10))
      // What was found before and is not found now; records that came while this ran are left to the next check.
      const gone = before.filter((id) => ids.has(id) && !found.has(id))
      for (let at = 0; at < gone.length; at += part) await keep(gone.slice(at, at + part))
      after = before.length === part * 10 ? before.at(-1) : undefined
    }
  }

  const save = (run: Run): Promise<void> => store.saveAreaCheck(run.state, maxKept).catch((error: unknown) => log.error({ id: run.state.id, error }, 'a check of an area is not kept; what it found is'))
  const remember = (state: AreaCheckRun, run: Partial<Run> = {}): Run => {
    const kept: Run = { state, isCancelled: false, ended: Promise.resolve(), ...run }
    runs.set(state.id, kept)
    return kept
  }
  /** Those of the process before this one; what it had begun and not ended is said to be so. */
  const recall = async (): Promise<void> => {
    for (const state of (await store.areaChecks()).toReversed()) {
      if (runs.has(state.id)) continue
      if (state.state !== 'running') remember(state)
      else await save(remember({ ...state, state: 'failed', isInterrupted: true, finishedAtMs: clock.wallMs() }))
    }
  }
  const go = async (run: Run): Promise<void> => {
    await save(run)
    try {
      const { many, ids } = await readAll(run, run.state)
      if (many && !run.isCancelled) await keepTogether(run, many, ids)
      note(run, { state: run.isCancelled ? 'cancelled' : 'done', finishedAtMs: clock.wallMs() })
    } catch (error) {
      log.error({ area: run.state.area, error: error instanceof Error ? error.message : String(error) }, 'a check of an area failed; what it had kept stays')
      note(run, { state: 'failed', finishedAtMs: clock.wallMs() })
    }
    await save(run)
    const { id: _id, notes, ...figures } = run.state
    log.info({ ...figures, notes: notes.length }, 'area checked')
  }

  const recalled = recall().catch((error: unknown) => log.error({ error }, 'earlier checks of areas cannot be read'))
  return {
    startCheck: (area, by) => {
      const other = [...runs.values()].find(({ state }) => state.state === 'running' && overlaps(state.area, area))
      if (other) throw new AppError('conflict', `area "${other.state.area}" is being checked (${other.state.id}): wait for it, or cancel it`)
      const startedAtMs = clock.wallMs()
      const id = `${startedAtMs.toString(36)}-${++last}`
      const run = remember({ id, area, by, state: 'running', stage: 'records', startedAtMs, total: 0, done: 0, rewritten: 0, notes: [], ...noSteps })
      const over = [...runs].filter(([, each]) => each.state.state !== 'running').sort(([, a], [, b]) => a.state.startedAtMs - b.state.startedAtMs)[0]
      if (runs.size > maxKept && over) runs.delete(over[0])
      run.ended = go(run)
      return run.state
    },
    check: (id) => runs.get(id)?.state,
    checks: () => [...runs.values()].map(({ state }) => state).reverse().sort((a, b) => b.startedAtMs - a.startedAtMs),
    cancelCheck: (id) => {
      const run = runs.get(id)
      if (run?.state.state === 'running') run.isCancelled = true
      return run?.state
    },
    checkEnded: async (id) => {
      await recalled
      await runs.get(id)?.ended
      return runs.get(id)?.state
    },
  }
}

/** By the area that the store searches by. */
const liesIn = ({ id, declared, reported, isDraft }: Camera, area: string): boolean => ((declared.area ?? (isDraft ? reported?.fields.area : undefined)) || id.slice(0, 6)).startsWith(area)

const isOther = (now: Camera, before: Camera | undefined): boolean =>
  JSON.stringify(now.findings) !== JSON.stringify(before?.findings) || now.completeness?.filled !== before?.completeness?.filled || now.completeness?.mandatory !== before?.completeness?.mandatory
