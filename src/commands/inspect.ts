// `yiji inspect`: one inspection on a running service, followed to its end, its report fetched.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../base/index.ts'
import type { InspectionDetail } from '../api/index.ts'
import type { InspectionEvent, SeedDraw } from '../inspect/index.ts'
import { connectTo, type Client } from './client.ts'
import { progressLine } from './demo-table.ts'
import { readJson } from './draw.ts'
import { takeSide } from './two-party.ts'

export interface InspectArguments {
  readonly area: string
  readonly class1?: number
  readonly class2?: number
  readonly class3?: number
  readonly preset?: string
  /** A file. */
  readonly plan?: string
  readonly networkedOnly?: boolean
  /** The inspection whose cameras are looked at again. */
  readonly sampleOf?: string
  /** The account of the other side of a two-party draw. */
  readonly with?: string
  readonly reason?: string
  readonly seed?: string
  readonly rules: string
  readonly out: string
  readonly server: string
  readonly user: string
  readonly lang: string
  readonly json?: boolean
}

export async function inspect(options: InspectArguments): Promise<number> {
  if (options.lang !== 'zh' && options.lang !== 'en') throw new AppError('usage.invalid', `--lang is "${options.lang}": it takes zh or en`)
  const password = process.env.YIJI_USER_PASSWORD
  if (!password) throw new AppError('usage.invalid', `the password of "${options.user}" is read from the environment: set YIJI_USER_PASSWORD`)
  const wanted = whichCameras(options)
  const client = await connectTo(options.server, options.user, password)
  const say = (text: string): void => {
    if (!options.json) process.stdout.write(`${text}\n`)
  }
  const started = await client.json<InspectionDetail>('POST', '/inspections', options.with === undefined ? { ...wanted, rules: options.rules, ...(options.seed ? { seed: options.seed } : {}) } : await drawnByTwo(client, options, options.with, say))
  const { total } = started
  say(`inspection ${started.id}: ${total} cameras of ${started.population.size}, seed ${started.seed}`)
  let state: string = 'interrupted'
  for await (const event of client.events(`/inspections/${started.id}/events`)) {
    const known = event as InspectionEvent
    if (known.type === 'check-done') say(progressLine(known.check, total))
    if (known.type !== 'finished') continue
    state = known.state
    break
  }
  await mkdir(options.out, { recursive: true })
  for (const format of ['html', 'docx', 'xlsx', 'json']) {
    await writeFile(join(options.out, `report.${format}`), await client.bytes(`/inspections/${started.id}/report.${format}?lang=${options.lang}`))
  }
  if (options.json) process.stdout.write((await client.bytes(`/inspections/${started.id}/report.json`)).toString())
  say(`${state}; report in ${options.out}`)
  return state === 'done' ? 0 : 1
}

/** The body of a request, as far as it says which cameras. */
function whichCameras(options: InspectArguments): Readonly<Record<string, unknown>> {
  const { area, preset, plan, networkedOnly, sampleOf, reason } = options
  const counts = [options.class1, options.class2, options.class3]
  const hasCounts = counts.some((count) => count !== undefined)
  if ([preset !== undefined, plan !== undefined, sampleOf !== undefined, hasCounts].filter(Boolean).length > 1) throw new AppError('usage.invalid', '--preset, --plan, --sample-of and --class1 to 3 each say which cameras: give one of them')
  return {
    area,
    ...(hasCounts && { strata: counts.map((count, index) => ({ class: String(index + 1), count: count ?? 0 })) }),
    ...(preset === undefined ? {} : { preset }),
    ...(plan === undefined ? {} : { plan: readJson(plan, 'the plan') }),
    ...(sampleOf === undefined ? {} : { sampleOf }),
    ...(networkedOnly && { networkedOnly }),
    ...(reason === undefined ? {} : { redrawReason: reason }),
  }
}

/** Opens a draw, takes the first side of it, and begins with what both sides drew. */
async function drawnByTwo(client: Client, options: InspectArguments, other: string, say: (text: string) => void): Promise<Readonly<Record<string, unknown>>> {
  if (options.seed !== undefined || options.sampleOf !== undefined) throw new AppError('usage.invalid', 'with --with the seed comes from both sides: leave --seed and --sample-of out')
  const opened = await client.json<SeedDraw>('POST', '/draws', { ...whichCameras(options), other, rules: options.rules })
  say(`the other side takes part with: yiji draw --join ${opened.id} --user ${other}`)
  await takeSide(client, opened.id, say)
  return { area: options.area, draw: opened.id }
}
