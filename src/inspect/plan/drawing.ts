// Draws, one at a time: choose the plan, freeze the list, draw, and let nobody draw until it suits. The one place where a sample comes from.
import { AppError, type Clock, type RandomBytes } from '../../base/index.ts'
import type { CheckKind, Draw, DrawnSet, Exempted, Inspection, InspectionStore, LeftOut, LeftOutMember, Plan, PopulationMember, RuleSet, StratumDrawn } from '../types.ts'
import { strata as checkStrata } from '../rules/index.ts'
import { checkPlan, type PlanFields } from './check-plan.ts'
import { furtherFields } from './conditions.ts'
import { exemptionsInForce } from './exemptions.ts'
import { frameOf, type Frame } from './frame.ts'
import type { DrawStore, KeptSeedDraw } from './needs.ts'
import { classPlan, presetNames, presets } from './presets.ts'
import { insistOnReason, isChoice, kindsOf, redrawWindowMs, setsBefore } from './redraws.ts'
import { countPlan, drawPlan } from './samples.ts'

/** Which cameras: at most one of `strata`, `preset`, `plan`, `sampleOf` and `seedDraw`; none of them: the rule set's classes. */
export interface DrawRequest {
  readonly area: string
  /** 16 to 64 hex digits; made when absent. */
  readonly seed?: string
  readonly strata?: RuleSet['strata']
  readonly preset?: string
  /** The user's own, as it came. */
  readonly plan?: unknown
  /** Only cameras whose record says that they are networked, whatever the plan says. */
  readonly networkedOnly?: boolean
  /** The same cameras as another inspection's first sample, for other kinds of check. */
  readonly sampleOf?: string
  readonly kinds?: readonly CheckKind[]
  /** A two-party draw that both sides have revealed. */
  readonly seedDraw?: string
  readonly redrawReason?: string
  readonly by: string
}

/** What an inspection begins with. */
export interface Drawn {
  readonly plan: Plan
  readonly draw: Draw
  readonly population: readonly PopulationMember[]
  readonly leftOut: readonly LeftOutMember[]
  readonly about: Pick<Inspection, 'plan' | 'exempted' | 'halves' | 'redrawReason' | 'sampleOf'>
}

export interface DrawingDeps {
  /** The unretired, declared cameras of an area, with these further fields of their records. */
  readonly population: (area: string, fields: readonly string[]) => Promise<readonly PopulationMember[]>
  readonly inspections: Pick<InspectionStore, 'inspection' | 'population'> & { readonly leftOut?: InspectionStore['leftOut'] }
  /** Absent: nothing is exempted, no two sides draw, and nothing was drawn before. */
  readonly draws?: DrawStore
  /** Fields that conditions may look at; absent: those of every list. */
  readonly fields?: PlanFields
  readonly clock: Clock
  readonly random: RandomBytes
}

export interface Drawing {
  /** `keep` saves what is drawn before anybody else draws. Throws AppError `request.invalid`, `draw.invalid`, `draw.reason-needed`, `not-found`, `conflict`. */
  readonly draw: <T extends { readonly id: string }>(request: DrawRequest, rules: RuleSet, keep: (drawn: Drawn) => Promise<T>) => Promise<T>
  /** Plan and list of a draw whose seed comes later. */
  readonly freeze: (request: DrawRequest, rules: RuleSet) => Promise<Frozen>
  /** What a draw would be made of now: nothing is drawn, and nothing kept. Throws AppError `request.invalid`, `draw.invalid`. */
  readonly outlook: (request: Omit<DrawRequest, 'by'>, rules: RuleSet) => Promise<Outlook>
  /** Every set drawn of the area within a day of that moment, oldest first. */
  readonly around: (area: string, atMs: number) => Promise<readonly DrawnSet[]>
}

export interface Frozen extends Frame {
  readonly plan: Plan
}

export interface Outlook {
  readonly plan: Plan
  readonly population: number
  readonly leftOut: Omit<LeftOut, 'sha256'>
  readonly exempted: readonly Exempted[]
  readonly strata: readonly StratumDrawn[]
  /** Sets of the last day that this one would stand beside: then a reason is asked for. */
  readonly drawnBefore: number
}

/** A two-party draw is started within a day of being drawn: nobody keeps one that suits in a drawer. */
const startWithinMs = redrawWindowMs

export function createDrawing(deps: DrawingDeps): Drawing {
  const { draws, clock, random } = deps
  let last: Promise<unknown> = Promise.resolve()
  /** One after the other, so that two who start together do not both come first. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work)
    last = mine.catch(() => {})
    return mine
  }

  const planOf = ({ strata, preset, plan, networkedOnly }: Omit<DrawRequest, 'by'>, rules: RuleSet): Plan => {
    const chosen = strata !== undefined ? classPlan(checkStrata(strata, 'strata')) : preset !== undefined ? presetOf(preset) : plan !== undefined ? checkPlan(plan, deps.fields ?? new Map()) : classPlan(rules.strata)
    return networkedOnly ? { ...chosen, population: { ...chosen.population, isNetworkedOnly: true } } : chosen
  }
  const freeze = async (request: Omit<DrawRequest, 'by'>, rules: RuleSet): Promise<Frozen> => {
    insistOnOneWay(request)
    const plan = planOf(request, rules)
    const { area } = request
    const [members, exemptions] = await Promise.all([deps.population(area, furtherFields(plan)), draws ? exemptionsInForce(draws, area, clock.wallMs()) : []])
    return { plan, ...frameOf(members, plan, exemptions) }
  }
  const around = async (area: string, atMs: number): Promise<readonly DrawnSet[]> => draws?.drawnSets(area, atMs - redrawWindowMs, atMs + redrawWindowMs) ?? []
  const drawnBefore = async (area: string): Promise<readonly DrawnSet[]> => draws?.drawnSets(area, clock.wallMs() - redrawWindowMs, clock.wallMs()) ?? []

  const fresh = async (request: DrawRequest, rules: RuleSet): Promise<Drawn> => {
    const { area, seed, redrawReason } = request
    const { plan, population, leftOut, about, exempted } = await freeze(request, rules)
    const drawn: Draw = { ...drawPlan(population, plan, seed ?? random(16).toString('hex')), seedFrom: seed === undefined ? 'made' : 'typed', leftOut: about }
    insistOnSome(area, drawn)
    if (isChoice(drawn)) insistOnReason(setsBefore(await drawnBefore(area), kindsOf(drawn), drawn.members.map(({ id }) => id)), redrawReason)
    return { plan, draw: drawn, population, leftOut, about: { plan, exempted, ...(redrawReason ? { redrawReason: redrawReason.trim() } : {}) } }
  }
  const again = async ({ area, sampleOf = '', kinds = ['image'] }: DrawRequest): Promise<Drawn> => {
    const { inspections } = deps
    const before = await inspections.inspection(sampleOf)
    if (!before || before.area !== area) throw new AppError('not-found', `there is no inspection ${sampleOf} of area ${area} whose sample could be taken`)
    const { draw, plan } = firstSample(before, kinds)
    return { plan, draw, population: await inspections.population(sampleOf), leftOut: (await inspections.leftOut?.(sampleOf)) ?? [], about: { plan, sampleOf, ...(before.exempted && { exempted: before.exempted }), ...(before.halves && { halves: before.halves }) } }
  }
  const ofSides = async ({ area, seedDraw = '' }: DrawRequest, rules: RuleSet): Promise<Drawn> => {
    const kept = await draws?.seedDraw(seedDraw)
    if (!draws || !kept || kept.area !== area) throw new AppError('not-found', `there is no two-party draw ${seedDraw} of area ${area}`)
    if (kept.rules.name !== rules.name || kept.rules.version !== rules.version) throw new AppError('conflict', `draw ${seedDraw} was opened for the rule set ${kept.rules.name} ${kept.rules.version}, not ${rules.name} ${rules.version}`)
    if (kept.state === 'used') throw new AppError('conflict', `draw ${seedDraw} was used already, for inspection ${kept.inspection}`)
    if (kept.state !== 'drawn' || kept.seed === undefined) throw new AppError('conflict', `draw ${seedDraw} is not drawn: both sides must have revealed their halves`)
    if (clock.wallMs() - (kept.drawnAtMs ?? 0) > startWithinMs) throw new AppError('conflict', `draw ${seedDraw} was not started within a day of being drawn: open another, with the reason`)
    const { population, leftOut } = await draws.seedDrawLists(seedDraw)
    const { plan, exempted } = frozenAs(kept, population, leftOut)
    const draw: Draw = { ...drawPlan(population, plan, kept.seed), seedFrom: 'two-party', leftOut: kept.leftOut }
    return { plan, draw, population, leftOut, about: { plan, exempted, halves: kept.sides, ...(kept.reason === undefined ? {} : { redrawReason: kept.reason }) } }
  }

  return {
    draw: (request, rules, keep) =>
      alone(async () => {
        insistOnOneWay(request)
        const drawn = await (request.sampleOf !== undefined ? again(request) : request.seedDraw !== undefined ? ofSides(request, rules) : fresh(request, rules))
        const made = await keep(drawn)
        const kept = request.seedDraw === undefined ? undefined : await draws?.seedDraw(request.seedDraw)
        if (kept) await draws?.changeSeedDraw({ ...kept, state: 'used', inspection: made.id })
        return made
      }),
    freeze,
    outlook: async (request, rules) => {
      const { plan, population, about: { sha256: _unshown, ...leftOut }, exempted } = await freeze(request, rules)
      const strata = countPlan(population, plan)
      return { plan, population: population.length, leftOut, exempted, strata, drawnBefore: isChoice({ strata }) ? setsBefore(await drawnBefore(request.area), kindsOf({ strata })).length : 0 }
    },
    around,
  }
}

function insistOnOneWay({ strata, preset, plan, sampleOf, seedDraw, seed, kinds, networkedOnly }: Omit<DrawRequest, 'by'>): void {
  const ways = Object.entries({ strata, preset, plan, sampleOf, seedDraw }).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (ways.length > 1) throw new AppError('request.invalid', `${ways.join(' and ')} cannot be given together: each says which cameras`)
  if ((sampleOf !== undefined || seedDraw !== undefined) && (seed !== undefined || networkedOnly !== undefined)) throw new AppError('request.invalid', `with ${ways[0]} the list and the seed are given: leave seed and networkedOnly out`)
  if (kinds !== undefined && sampleOf === undefined) throw new AppError('request.invalid', 'kinds belong to sampleOf; a plan has its own')
}

export function presetOf(name: string): Plan {
  const found = presets.find((each) => each.name === name)
  if (!found) throw new AppError('request.invalid', `there is no preset "${name.slice(0, 64)}": choose one of ${presetNames.join(', ')}`)
  return found
}

export function insistOnSome(area: string, { members, population, strata, leftOut }: Draw): void {
  if (members.length > 0) return
  const without = leftOut && leftOut.size > 0 ? `, after ${leftOut.exempted} exempted, ${leftOut.notNetworked} not networked and ${leftOut.filtered} filtered` : ''
  const asked = strata.every((stratum) => stratum.class !== '') ? `none of the classes asked for (${strata.map((stratum) => stratum.class).join(', ')})` : `none in the strata asked for (${strata.slice(0, 20).map(({ name }) => name).join(', ')})`
  throw new AppError('draw.invalid', `nothing can be drawn: area ${area} has ${population.size} cameras${without}, ${asked}`)
}

/** The members of the first sample alone, for these kinds of check. */
function firstSample(before: Inspection, kinds: readonly CheckKind[]): { readonly draw: Draw; readonly plan: Plan } {
  const { draw, plan = classPlan(before.draw.strata.map((stratum) => ({ class: stratum.class, count: stratum.asked }))) } = before
  const strata = draw.strata.map((stratum) => ({ ...stratum, kinds }))
  const isOfFirst = (at: number): boolean => (strata[at]?.nth ?? 1) === 1
  const chosen = draw.members.flatMap((member, index) => {
    const drawnIn = (draw.drawnIn?.[index] ?? strata.flatMap((stratum, at) => (stratum.class === member.class ? [at] : []))).filter(isOfFirst)
    return drawnIn.length > 0 ? [{ member, drawnIn }] : []
  })
  const samples = plan.samples.slice(0, 1).map((sample) => ({ ...sample, kinds }))
  return {
    plan: { ...plan, samples },
    draw: { ...draw, strata: strata.filter((_, at) => isOfFirst(at)), members: chosen.map(({ member }) => member), drawnIn: chosen.map(({ drawnIn }) => drawnIn) },
  }
}

/** What was frozen when the draw was opened. */
const frozenAs = ({ plan, exempted }: KeptSeedDraw, population: readonly PopulationMember[], leftOut: readonly LeftOutMember[]): { readonly plan: Plan; readonly exempted: readonly Exempted[] } => ({
  plan,
  exempted: frameOf([...population, ...leftOut.map(({ member }) => member)], plan, exempted).exempted,
})

