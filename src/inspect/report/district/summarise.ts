// The summary of a district, check by check: what is kept of a check is a few counts, so that a year of patrols fits. Pure but for its counts.
import { rate } from '../../summary.ts'
import type { Check, DistrictGroup, DistrictInspection, DistrictSummary, InspectionHead, Repeated, Result } from '../../types.ts'
import { beijingDay } from '../texts/index.ts'

/** Owners and cameras that a summary lists, and failures that it names of each. Ours. */
const [maxOwners, maxRepeated, maxFailures] = [500, 500, 10]
/** Cameras that are told apart; a district has tens of thousands. Ours. */
const maxCameras = 500_000

export interface DistrictBuilder {
  /** Begins the next inspection, in the order of time. */
  readonly begin: (head: InspectionHead) => void
  /** `isReviewed`: a person has spoken; at least where what stands is not the machine's. */
  readonly add: (check: Check, standing: Result, isReviewed?: boolean) => void
  readonly result: (about: Pick<DistrictSummary, 'area' | 'from' | 'to' | 'madeAt' | 'isCut'> & Pick<Partial<DistrictSummary>, 'areaName' | 'class'>) => DistrictSummary
}

interface Counts {
  checks: number
  recordComplete: number
  present: number
  looked: number
  passed: number
  failed: number
  machinePassed: number
  machineFailed: number
  reviewed: number
}
interface Group {
  readonly cameras: Set<string>
  checks: number
  passed: number
  failed: number
}
interface CameraCounts {
  name: string
  owner: string
  class: string
  checked: number
  failed: number
  failures: Repeated['failures'][number][]
}

const ofChecks = { zh: '核查次数', en: 'checks' }
const ofLooked = { zh: '要求查看图像的核查次数', en: 'checks that asked for a picture' }

export function createDistrict(): DistrictBuilder {
  const inspections: { readonly head: InspectionHead; readonly counts: Counts }[] = []
  const [classes, owners, cameras] = [new Map<string, Group>(), new Map<string, Group>(), new Map<string, CameraCounts>()]
  const group = (groups: Map<string, Group>, key: string): Group => {
    const known = groups.get(key) ?? { cameras: new Set<string>(), checks: 0, passed: 0, failed: 0 }
    groups.set(key, known)
    return known
  }
  const groupsOf = (groups: ReadonlyMap<string, Group>): readonly DistrictGroup[] =>
    [...groups].map(([key, { cameras: own, checks, passed, failed }]) => ({ key, cameras: own.size, passed: rate(passed, checks, ofChecks), failed: rate(failed, checks, ofChecks) }))

  return {
    begin: (head) => void inspections.push({ head, counts: { checks: 0, recordComplete: 0, present: 0, looked: 0, passed: 0, failed: 0, machinePassed: 0, machineFailed: 0, reviewed: 0 } }),
    add: (check, standing, isReviewed = standing !== check.verdict.result) => {
      const last = inspections.at(-1)
      if (!last) return
      const { counts, head } = last
      const { camera } = check
      const [isPass, isFail] = [Number(standing === 'pass'), Number(standing === 'fail')]
      const wantsPicture = check.kinds === undefined || check.kinds.some((kind) => kind !== 'record')
      counts.checks++
      counts.recordComplete += Number(check.record.result === 'pass')
      counts.looked += Number(wantsPicture)
      counts.present += Number(wantsPicture && check.picture?.present === true)
      counts.passed += isPass
      counts.failed += isFail
      counts.machinePassed += Number(check.verdict.result === 'pass')
      counts.machineFailed += Number(check.verdict.result === 'fail')
      counts.reviewed += Number(isReviewed)
      for (const each of [group(classes, camera.class), group(owners, camera.owner)]) {
        each.checks++
        each.passed += isPass
        each.failed += isFail
        if (each.cameras.size < maxCameras) each.cameras.add(camera.id)
      }
      const known = cameras.get(camera.id)
      if (!known && cameras.size >= maxCameras) return
      const own = known ?? { name: '', owner: '', class: '', checked: 0, failed: 0, failures: [] }
      Object.assign(own, { name: camera.name, owner: camera.owner, class: camera.class, checked: own.checked + 1, failed: own.failed + isFail })
      if (isFail === 1) own.failures = [...own.failures, { inspection: head.id, at: new Date(head.startedAtMs).toISOString(), reasons: check.verdict.reasons }].slice(-maxFailures)
      cameras.set(camera.id, own)
    },
    result: (about) => {
      const repeated = [...cameras].filter(([, { failed }]) => failed >= 2).map(([id, counts]): Repeated => ({ id, ...counts }))
      const worst = [...groupsOf(owners)].sort((a, b) => lowerBound(b) - lowerBound(a) || b.failed.numerator - a.failed.numerator || (a.key < b.key ? -1 : 1))
      return {
        ...about,
        inspections: inspections.map(({ head, counts }) => inspectionRow(head, counts)),
        checks: inspections.reduce((sum, { counts }) => sum + counts.checks, 0),
        cameras: cameras.size,
        byClass: [...groupsOf(classes)].sort((a, b) => (a.key < b.key ? -1 : 1)),
        byOwner: worst.slice(0, maxOwners),
        owners: owners.size,
        repeated: repeated.sort((a, b) => b.failed - a.failed || (a.id < b.id ? -1 : 1)).slice(0, maxRepeated),
        repeatedTotal: repeated.length,
      }
    },
  }
}

const lowerBound = ({ failed }: DistrictGroup): number => failed.interval95?.[0] ?? 0

const inspectionRow = ({ id, area, startedAtMs, plan, rules, draw }: InspectionHead, { checks, recordComplete, present, looked, passed, failed, machinePassed, machineFailed, reviewed }: Counts): DistrictInspection => ({
  id,
  area,
  startedAt: new Date(startedAtMs).toISOString(),
  plan: plan?.title ?? null,
  ruleSet: { name: rules.name, version: rules.version },
  population: draw.population.size,
  checks,
  recordComplete: rate(recordComplete, checks, ofChecks),
  picturePresent: rate(present, looked, ofLooked),
  passed: rate(passed, checks, ofChecks),
  failed: rate(failed, checks, ofChecks),
  machine: { passed: rate(machinePassed, checks, ofChecks), failed: rate(machineFailed, checks, ofChecks) },
  reviewed,
})

/** The days of a period in Beijing as instants: from the first moment of the first to the last of the last. Undefined for what is no day, or ends before it begins. */
export function periodOf(from: string, to: string): { readonly fromMs: number; readonly toMs: number } | undefined {
  const [fromMs, toMs] = [Date.parse(`${from}T00:00:00+08:00`), Date.parse(`${to}T00:00:00+08:00`) + 86_400_000 - 1]
  const isDay = (text: string, ms: number): boolean => Number.isFinite(ms) && beijingDay(ms) === text
  return isDay(from, fromMs) && isDay(to, toMs) && fromMs <= toMs ? { fromMs, toMs } : undefined
}
