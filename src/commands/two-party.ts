// One side of a two-party draw, from its commitment to the seed: what a person would do by hand (docs/draw.md), over the service's API.
import { createHash } from 'node:crypto'
import { AppError, systemClock, systemRandom } from '../base/index.ts'
import { commitmentOf, type SeedDraw } from '../inspect/index.ts'
import type { Client } from './client.ts'

const askEveryMs = 1_000

export interface Side {
  readonly half: string
  readonly salt: string
  readonly commitment: string
}

/** 128 random bits each: nobody finds the half from its commitment. */
export function makeSide(): Side {
  const [half, salt] = [systemRandom(16).toString('hex'), systemRandom(16).toString('hex')]
  return { half, salt, commitment: commitmentOf(half, salt) }
}

/** Commits, waits for the other side, reveals, waits again. Half and salt are shown before they leave, so that they can be revealed by hand if this is cut. Throws AppError `conflict` when the draw expires. */
export async function takeSide(client: Client, id: string, say: (text: string) => void): Promise<SeedDraw> {
  const side = makeSide()
  const opened = await client.json<SeedDraw>('GET', `/draws/${id}`)
  const list = await client.bytes(`/draws/${id}/population.tsv`)
  const sha256 = createHash('sha256').update(list).digest('hex')
  if (sha256 !== opened.population.sha256) throw new AppError('draw.invalid', `the list of draw ${id} has the SHA-256 ${sha256}, not ${opened.population.sha256} as the draw says: do not take part`)
  say(`draw ${id} of area ${opened.area}, between ${opened.sides.map(({ by }) => by).join(' and ')}: ${opened.population.size} cameras, list ${sha256}`)
  say(`your half ${side.half}, your salt ${side.salt}`)
  await client.json('POST', `/draws/${id}/commitment`, { commitment: side.commitment })
  say(`committed ${side.commitment}; waiting for the other side`)
  await until(client, id, 'revealing')
  await client.json('POST', `/draws/${id}/reveal`, { half: side.half, salt: side.salt })
  say('revealed; waiting for the other side')
  const drawn = await until(client, id, 'drawn')
  say(`seed ${drawn.seed}`)
  return drawn
}

const order = ['committing', 'revealing', 'drawn', 'used'] as const

async function until(client: Client, id: string, state: 'revealing' | 'drawn'): Promise<SeedDraw> {
  for (;;) {
    const draw = await client.json<SeedDraw>('GET', `/draws/${id}`)
    if (draw.state === 'expired') throw new AppError('conflict', `draw ${id} expired: ${missing(draw)}`)
    if (order.indexOf(draw.state) >= order.indexOf(state)) return draw
    await new Promise<void>((done) => void systemClock.after(askEveryMs, done))
  }
}

function missing({ sides }: SeedDraw): string {
  const late = sides.filter((side) => side.revealedAtMs === undefined)
  return late.map((side) => `${side.by} did not ${side.commitment === undefined ? 'commit' : 'reveal'}`).join(', ')
}
