// `yiji inspect`: one inspection on a running service, followed to its end, its report fetched.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../base/index.ts'
import type { InspectionDetail } from '../api/index.ts'
import type { InspectionEvent } from '../inspect/index.ts'
import { connectTo } from './client.ts'
import { progressLine } from './demo-table.ts'

export interface InspectArguments {
  readonly area: string
  readonly class1?: number
  readonly class2?: number
  readonly class3?: number
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
  const client = await connectTo(options.server, options.user, password)
  const counts = [options.class1, options.class2, options.class3]
  const strata = counts.every((count) => count === undefined) ? {} : { strata: counts.map((count, index) => ({ class: String(index + 1), count: count ?? 0 })) }
  const started = await client.json<InspectionDetail>('POST', '/inspections', { area: options.area, rules: options.rules, ...strata, ...(options.seed ? { seed: options.seed } : {}) })
  const { total } = started
  const say = (text: string): void => {
    if (!options.json) process.stdout.write(`${text}\n`)
  }
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
