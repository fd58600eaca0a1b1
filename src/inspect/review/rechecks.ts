// Further checks: by themselves some time after a check that ended badly, or when a person asks. Each stands beside the first and counts in no rate.
import { AppError, type Cancel, type Clock, type Log } from '../../base/index.ts'
import { recheckOf } from '../rules/index.ts'
import type { Check, Inspection, InspectionStore, Recheck, RuleSet } from '../types.ts'
import type { CheckAgain, ReviewStore } from './needs.ts'

export interface Rechecks {
  /** A check is done: is there to be another? */
  readonly consider: (inspection: Pick<Inspection, 'id' | 'rules'>, check: Check) => Promise<void>
  /** By a person, at once. Throws AppError `conflict` while another of the check is under way or too many were made, `request.invalid`. */
  readonly ask: (asked: { readonly inspection: string; readonly check: Check; readonly reason: string; readonly by: string }) => Promise<Recheck>
  /** Throws AppError `not-found`, `conflict` for one that is over. */
  readonly cancel: (inspection: string, id: number, by: string) => Promise<void>
  readonly of: (inspection: string) => Promise<readonly Recheck[]>
  /** At the start of the service: what was due is still, what was under way begins anew. */
  readonly pickUp: () => Promise<number>
  readonly close: () => Promise<void>
}

export interface RechecksDeps {
  readonly store: ReviewStore
  readonly inspections: Pick<InspectionStore, 'head' | 'check'>
  readonly checkAgain: CheckAgain
  readonly clock: Clock
  readonly log: Log
}

/** At once, and of one check by persons. Ours. */
const maxAtOnce = 2
const maxAsked = 10
/** A recheck that begins later than this after it was due says so: the service was down, or its device busy. */
const lateMs = 60_000

export function createRechecks({ store, inspections, checkAgain, clock, log }: RechecksDeps): Rechecks {
  const running = new Map<number, { readonly cancel: () => void; readonly over: Promise<void> }>()
  let cancelTimer: Cancel = () => {}
  let isClosed = false
  /** One look at what is due after another. */
  let looking: Promise<void> = Promise.resolve()

  const look = (): Promise<void> => {
    looking = looking.then(beginDue).catch((error: unknown) => log.error({ error: error instanceof Error ? error.message : String(error) }, 're-checks could not be looked up'))
    return looking
  }
  const beginDue = async (): Promise<void> => {
    if (isClosed) return
    cancelTimer()
    const open = (await store.openRechecks()).filter(({ id }) => !running.has(id))
    for (const recheck of open) {
      if (running.size >= maxAtOnce) return
      if (recheck.dueAtMs > clock.wallMs()) {
        // A timer holds 24 days at most; an hour is soon enough to look again, also after the wall clock was set.
        cancelTimer = clock.after(Math.min(recheck.dueAtMs - clock.wallMs(), 3_600_000), () => void look())
        return
      }
      await begin(recheck)
    }
  }
  const begin = async (recheck: Recheck): Promise<void> => {
    const { id, n, dueAtMs } = recheck
    const inspection = await inspections.head(recheck.inspection)
    const first = await inspections.check(recheck.inspection, n)
    if (!inspection || !first) return store.changeRecheck(id, { state: 'failed', doneAtMs: clock.wallMs(), detail: 'the check is no longer there' })
    const begunAtMs = clock.wallMs()
    const late = begunAtMs - dueAtMs
    await store.changeRecheck(id, { state: 'running', begunAtMs, ...(late > lateMs && { detail: `begun ${Math.round(late / 60_000)} min after it was due` }) })
    const check = checkAgain({ inspection: inspection.id, n, recheck: id, camera: first.camera, kinds: first.kinds ?? ['record', 'image'], rules: inspection.rules })
    const over = conclude(recheck, check.done, inspection.rules).finally(() => {
      running.delete(id)
      void look()
    })
    running.set(id, { cancel: check.cancel, over })
  }
  const conclude = async ({ id, inspection, n }: Recheck, done: Promise<Check | undefined>, rules: RuleSet): Promise<void> => {
    try {
      const check = await done
      // Cut by the end of the service: it is due again at the next start.
      if (!check && isClosed) return await store.changeRecheck(id, { state: 'due' })
      await store.changeRecheck(id, { state: check ? 'done' : 'cancelled', doneAtMs: clock.wallMs(), ...(check && { check }) })
      log.info({ inspection, check: n, recheck: id, result: check?.verdict.result ?? 'cancelled', reasons: check?.verdict.reasons ?? [] }, 're-check done')
      if (check) await consider({ id: inspection, rules }, check)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      log.error({ inspection, check: n, recheck: id, error: detail }, 're-check broke')
      await store.changeRecheck(id, { state: 'failed', doneAtMs: clock.wallMs(), detail }).catch(() => undefined)
    }
  }
  const plan = async (recheck: Omit<Recheck, 'id'>): Promise<Recheck> => {
    const id = await store.saveRecheck(recheck)
    void look()
    return { ...recheck, id }
  }
  const consider = async ({ id: inspection, rules }: Pick<Inspection, 'id' | 'rules'>, { n, verdict }: Check): Promise<void> => {
    const { after, minutes, times } = recheckOf(rules)
    if (times === 0 || isClosed || !verdict.reasons.some((reason) => after.includes(reason))) return
    const before = (await store.rechecks(inspection)).filter((each) => each.n === n)
    if (before.filter(({ why }) => why === 'automatic').length >= times || before.some(isOpen)) return
    const askedAtMs = clock.wallMs()
    await plan({ inspection, n, why: 'automatic', by: '', reason: verdict.reasons.join(', '), askedAtMs, dueAtMs: askedAtMs + minutes * 60_000, state: 'due' })
  }
  return {
    consider,
    ask: async ({ inspection, check, reason, by }) => {
      if (isClosed) throw new AppError('busy', 'the service is stopping')
      if (reason.trim() === '') throw new AppError('request.invalid', 'a re-check needs its reason')
      const before = (await store.rechecks(inspection)).filter(({ n }) => n === check.n)
      if (before.some((each) => isOpen(each) && each.why === 'asked')) throw new AppError('conflict', `a re-check of check ${check.n} is under way`)
      if (before.filter(({ why }) => why === 'asked').length >= maxAsked) throw new AppError('conflict', `check ${check.n} has been re-checked ${maxAsked} times, which is as often as can be asked`)
      const askedAtMs = clock.wallMs()
      return plan({ inspection, n: check.n, why: 'asked', by, reason: reason.trim(), askedAtMs, dueAtMs: askedAtMs, state: 'due' })
    },
    cancel: async (inspection, id, by) => {
      const recheck = (await store.rechecks(inspection)).find((each) => each.id === id)
      if (!recheck) throw new AppError('not-found', `inspection ${inspection} has no re-check ${id}`)
      if (!isOpen(recheck)) throw new AppError('conflict', `re-check ${id} is over`)
      const under = running.get(id)
      if (!under) return store.changeRecheck(id, { state: 'cancelled', doneAtMs: clock.wallMs(), detail: `cancelled by ${by}` })
      await store.changeRecheck(id, { detail: `cancelled by ${by}` })
      under.cancel()
      await under.over
    },
    of: (inspection) => store.rechecks(inspection),
    pickUp: async () => {
      const left = await store.openRechecks()
      void look()
      return left.length
    },
    close: async () => {
      isClosed = true
      cancelTimer()
      await looking
      for (const { cancel } of running.values()) cancel()
      await Promise.all([...running.values()].map(({ over }) => over))
    },
  }
}

const isOpen = ({ state }: Recheck): boolean => state === 'due' || state === 'running'
