// Draws whose seed two sides make. Open (plan and list are frozen, their SHA-256 is known) -> both commit -> both reveal -> drawn, once. Whoever
// does not go on lets it expire, and that is seen: docs/draw.md.
import { AppError, type Clock, type RandomBytes } from '../../base/index.ts'
import { populationSha256 } from '../population.ts'
import type { LeftOutMember, PopulationMember, RuleSet, SeedDraw, SeedSide } from '../types.ts'
import { insistOnSome, type Drawing, type DrawRequest } from './drawing.ts'
import type { DrawStore, KeptSeedDraw } from './needs.ts'
import { insistOnReason, isChoice, kindsOf, setsBefore } from './redraws.ts'
import { drawPlan } from './samples.ts'
import { checkHalf, checkSalt, commitmentOf, seedOfHalves } from './seed.ts'

/** Both sides have so long for all of it: they sit at one table, or at two telephones. Ours. */
const openForMs = 3_600_000
/** Codes that a set is shown with. Ours. */
const shownCameras = 500

export interface SeedDrawOpening extends Omit<DrawRequest, 'seed' | 'sampleOf' | 'kinds' | 'seedDraw'> {
  /** The account of the other side. */
  readonly other: string
  /** 1 minute to a day; an hour when absent. */
  readonly openForMs?: number
}

export interface SeedDraws {
  /** Freezes plan and list. Throws AppError `request.invalid`, `draw.invalid`, `draw.reason-needed`. */
  readonly open: (opening: SeedDrawOpening, rules: RuleSet) => Promise<SeedDraw>
  /** Once for each side. Throws AppError `not-found`, `conflict`, `draw.invalid`. */
  readonly commit: (id: string, by: string, commitment: string) => Promise<SeedDraw>
  /** When both have committed. Throws AppError `not-found`, `conflict`, and `draw.invalid` for what does not fit the commitment. */
  readonly reveal: (id: string, by: string, half: string, salt: string) => Promise<SeedDraw>
  /** Halves and salts are in it when both sides have revealed theirs, not before. */
  readonly get: (id: string) => Promise<SeedDraw | undefined>
  readonly list: (area: string, limit: number) => Promise<readonly SeedDraw[]>
  readonly lists: (id: string) => Promise<{ readonly population: readonly PopulationMember[]; readonly leftOut: readonly LeftOutMember[] }>
}

export interface SeedDrawsDeps {
  readonly store: DrawStore
  readonly drawing: Pick<Drawing, 'freeze' | 'around'>
  readonly clock: Clock
  readonly random: RandomBytes
}

export function createSeedDraws({ store, drawing, clock, random }: SeedDrawsDeps): SeedDraws {
  let last: Promise<unknown> = Promise.resolve()
  /** Steps of draws come one after the other: two that arrive together are two steps. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work)
    last = mine.catch(() => {})
    return mine
  }

  const find = async (id: string): Promise<KeptSeedDraw> => {
    const kept = await store.seedDraw(id)
    if (!kept) throw new AppError('not-found', `there is no two-party draw ${id}`)
    return current(kept, clock.wallMs())
  }
  /** The draw with one side changed; what follows from both is decided here. */
  const change = async (kept: KeptSeedDraw, by: string, news: Partial<SeedSide>): Promise<SeedDraw> => {
    const [first, second] = kept.sides
    const sides = [first.by === by ? { ...first, ...news } : first, second.by === by ? { ...second, ...news } : second] as const
    const next = advanced({ ...kept, sides }, clock.wallMs())
    await store.changeSeedDraw(next.seed === undefined ? next : { ...next, set: await setOf(next, next.seed) })
    return shown(next)
  }
  const setOf = async ({ id, plan }: SeedDraw, seed: string): Promise<NonNullable<KeptSeedDraw['set']>> => {
    const drawn = drawPlan((await store.seedDrawLists(id)).population, plan, seed)
    return { size: drawn.members.length, cameras: isChoice(drawn) ? drawn.members.slice(0, shownCameras).map((member) => member.id) : [], kinds: kindsOf(drawn) }
  }
  const sideOf = ({ id, sides }: SeedDraw, by: string): SeedSide => {
    const side = sides.find((each) => each.by === by)
    if (!side) throw new AppError('conflict', `draw ${id} is between ${sides[0].by} and ${sides[1].by}`)
    return side
  }
  const insistOnState = ({ id, state }: SeedDraw, wanted: SeedDraw['state']): void => {
    if (state === wanted) return
    const why = { committing: 'both sides commit first', revealing: 'both sides have committed: now they reveal', drawn: 'it is drawn', used: 'it is drawn and used', expired: 'its time is over; open another' }[state]
    throw new AppError('conflict', `draw ${id} does not take this now: ${why}`)
  }

  return {
    open: ({ other, openForMs: wanted = openForMs, ...request }, rules) =>
      alone(async () => {
        if (other === request.by) throw new AppError('request.invalid', 'the two sides are two accounts: name another one')
        if (!(wanted >= 60_000 && wanted <= 86_400_000)) throw new AppError('request.invalid', 'a draw is open for a minute to a day')
        const { plan, population, leftOut, about, exempted } = await drawing.freeze(request, rules)
        // How many each stratum gives does not depend on the seed.
        const trial = { ...drawPlan(population, plan, '0'.repeat(16)), leftOut: about }
        insistOnSome(request.area, trial)
        const atMs = clock.wallMs()
        if (isChoice(trial)) insistOnReason(setsBefore((await drawing.around(request.area, atMs)).filter((set) => set.atMs <= atMs), kindsOf(trial)), request.redrawReason)
        const kept: KeptSeedDraw = {
          id: `d-${random(9).toString('hex')}`,
          area: request.area,
          state: 'committing',
          atMs,
          expiresAtMs: atMs + wanted,
          plan,
          rules: { name: rules.name, version: rules.version },
          population: { size: population.length, sha256: populationSha256(population) },
          leftOut: about,
          sides: [{ by: request.by }, { by: other }],
          ...(request.redrawReason ? { reason: request.redrawReason.trim() } : {}),
          exempted: exempted.map(({ exemption }) => exemption),
        }
        await store.addSeedDraw(kept, population, leftOut)
        return shown(kept)
      }),
    commit: (id, by, commitment) =>
      alone(async () => {
        const kept = await find(id)
        const side = sideOf(kept, by)
        insistOnState(kept, 'committing')
        if (side.commitment !== undefined) throw new AppError('conflict', `${by} has committed already: a commitment is not changed`)
        const text = commitment.toLowerCase()
        if (!/^[0-9a-f]{64}$/.test(text)) throw new AppError('draw.invalid', `"${commitment.slice(0, 100)}" is no commitment: it takes the 64 hexadecimal digits of a SHA-256`)
        if (kept.sides.some((each) => each.commitment === text)) throw new AppError('draw.invalid', 'this is the commitment of the other side: make a half and a salt of your own')
        return change(kept, by, { commitment: text, committedAtMs: clock.wallMs() })
      }),
    reveal: (id, by, half, salt) =>
      alone(async () => {
        const kept = await find(id)
        const side = sideOf(kept, by)
        insistOnState(kept, 'revealing')
        if (side.revealedAtMs !== undefined) throw new AppError('conflict', `${by} has revealed already`)
        const revealed = { half: checkHalf(half), salt: checkSalt(salt) }
        if (commitmentOf(revealed.half, revealed.salt) !== side.commitment) throw new AppError('draw.invalid', `this half and salt are not what ${by} committed to: SHA-256 of "half:salt" must be ${side.commitment}`)
        return change(kept, by, { ...revealed, revealedAtMs: clock.wallMs() })
      }),
    get: async (id) => {
      const kept = await store.seedDraw(id)
      return kept && shown(current(kept, clock.wallMs()))
    },
    list: async (area, limit) => (await store.seedDraws(area, limit)).map((kept) => shown(current(kept, clock.wallMs()))),
    lists: (id) => store.seedDrawLists(id),
  }
}

/** A draw that waits for a side expires. */
const current = (kept: KeptSeedDraw, nowMs: number): KeptSeedDraw => ((kept.state === 'committing' || kept.state === 'revealing') && nowMs >= kept.expiresAtMs ? { ...kept, state: 'expired' } : kept)

/** What follows when both have committed, and when both have revealed. */
function advanced(kept: KeptSeedDraw, nowMs: number): KeptSeedDraw {
  const [first, second] = kept.sides
  if (kept.state === 'committing' && first.commitment !== undefined && second.commitment !== undefined) return { ...kept, state: 'revealing' }
  if (kept.state === 'revealing' && first.half !== undefined && second.half !== undefined) return { ...kept, state: 'drawn', seed: seedOfHalves(first.half, second.half), drawnAtMs: nowMs }
  return kept
}

/** Without halves and salts until both sides have revealed: who reveals second must not know what comes of it. */
function shown({ exempted: _exempted, set: _set, ...draw }: KeptSeedDraw): SeedDraw {
  if (draw.seed !== undefined) return draw
  const hide = ({ half: _half, salt: _salt, ...side }: SeedSide): SeedSide => side
  return { ...draw, sides: [hide(draw.sides[0]), hide(draw.sides[1])] }
}
