// What comes after a verdict, put together: appeals, further checks, second opinions, judging again, and the history of a check.
import { resolve } from 'node:path'
import type { DisputesDep } from '../api/deps.ts'
import { createAppeals, createCheckAgain, createOpinions, createRechecks, createRejudging, historyOf, type Check, type CheckAgainDeps, type Inspection, type InspectionStore, type OpinionsDeps, type RejudgingDeps, type RuleSet } from '../inspect/index.ts'

export interface Disputes {
  readonly dep: DisputesDep
  /** The store as inspections are given it: of each check that is kept, it is asked whether there is to be another. */
  readonly considering: (store: InspectionStore) => InspectionStore
  /** What further checks have running. */
  readonly places: ReturnType<typeof createCheckAgain>['places']
  /** At the start of the service: what was being judged again is over. */
  readonly begin: () => Promise<void>
  /** When devices have reported themselves: further checks that were left due or under way. */
  readonly pickUp: () => Promise<void>
  readonly close: () => Promise<void>
}

export type DisputesParts = RejudgingDeps & CheckAgainDeps & Pick<OpinionsDeps, 'fingerprint'> & { readonly inspections: InspectionStore }

export function createDisputes(parts: DisputesParts): Disputes {
  const { store, inspections, evidenceDir, clock, log } = parts
  const { checkAgain, places } = createCheckAgain(parts)
  const reviews = (id: string): ReturnType<InspectionStore['reviews']> => inspections.reviews(id)
  const appeals = createAppeals({ store, reviews, evidenceDir, clock })
  const rechecks = createRechecks({ store, inspections, checkAgain, clock, log })
  const opinions = createOpinions(parts)
  const rejudging = createRejudging(parts)
  const rulesOf = rememberedRules(inspections)

  const consider = async (id: string, check: Check): Promise<void> => {
    const rules = await rulesOf.of(id)
    if (rules) await rechecks.consider({ id, rules }, check)
  }
  return {
    dep: {
      appeals,
      rechecks,
      opinions,
      rejudging,
      history: async (id, check) =>
        historyOf({
          check,
          judgedAtMs: (await store.judgedAt(id)).get(check.n) ?? (await inspections.head(id))?.startedAtMs ?? 0,
          reviews: await reviews(id),
          appeals: await store.appeals(id),
          rechecks: await store.rechecks(id),
          opinions: await store.opinions(id),
          rejudged: await store.rejudgedOf(id, check.n),
        }),
      pathOf: (id, file) => resolve(evidenceDir, id, file),
    },
    considering: (kept) => ({
      ...kept,
      saveInspection: async (inspection, ...rest) => {
        rulesOf.remember(inspection)
        await kept.saveInspection(inspection, ...rest)
      },
      saveCheck: async (id, check) => {
        await kept.saveCheck(id, check)
        // Beside: a re-check that cannot be planned costs the inspection nothing.
        void consider(id, check).catch((error: unknown) => log.error({ inspection: id, check: check.n, error: error instanceof Error ? error.message : String(error) }, 'a re-check could not be planned'))
      },
    }),
    places,
    begin: async () => {
      const interrupted = await store.interruptRejudgements(clock.wallMs())
      if (interrupted > 0) log.warn({ interrupted }, 'judging again was cut by the end of the service')
    },
    pickUp: async () => {
      const left = await rechecks.pickUp()
      if (left > 0) log.info({ rechecks: left }, 're-checks are due')
    },
    close: async () => {
      await rejudging.close()
      await opinions.close()
      await rechecks.close()
    },
  }
}

/** Rule sets of the inspections that run, or ran last: read once, since every check asks. */
function rememberedRules(store: InspectionStore): { readonly remember: (inspection: Pick<Inspection, 'id' | 'rules'>) => void; readonly of: (id: string) => Promise<RuleSet | undefined> } {
  const known = new Map<string, RuleSet>()
  const remember = ({ id, rules }: Pick<Inspection, 'id' | 'rules'>): void => {
    known.set(id, rules)
    const [oldest] = known.keys()
    if (known.size > maxKnown && oldest !== undefined) known.delete(oldest)
  }
  return {
    remember,
    of: async (id) => {
      if (!known.has(id)) {
        const found = await store.head(id)
        if (found) remember(found)
      }
      return known.get(id)
    },
  }
}

/** More than run at once. */
const maxKnown = 16
