// `yiji import` and `yiji export`: records of a data directory that no service holds at the moment.
import { AppError, silentLog, systemClock } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { cameraCells, createRegistry, headingCells, importCells, readSheet, writeRejected, writeSheet, type Camera, type NetworkingOne, type Registry } from '../registry/index.ts'
import { openData } from '../service/data.ts'
import { readOutlines } from '../service/outlines.ts'

const pageSize = 500

export async function importFile(file: string, options: { readonly dryRun?: boolean; readonly networkingOne?: string; readonly json?: boolean }): Promise<number> {
  const networkingOne = checkNetworking(options.networkingOne)
  const cells = await readSheet(file)
  return withRegistry(async (registry) => {
    const outcome = await importCells(registry, cells, 'command line', { dryRun: options.dryRun === true, why: file, ...(networkingOne ? { networkingOne } : {}) })
    const rejectedFile = await writeRejected(file, cells, outcome.rejected)
    if (options.json) process.stdout.write(`${JSON.stringify({ ...outcome, dryRun: options.dryRun === true, rejectedFile: rejectedFile ?? null })}\n`)
    else {
      const would = options.dryRun ? ' (dry run: nothing was written)' : ''
      process.stdout.write(`${outcome.rows} rows: ${outcome.created} created, ${outcome.changed} changed, ${outcome.unchanged} unchanged, ${outcome.rejected.length} rejected${would}\n`)
      if (outcome.ignored.length > 0) process.stdout.write(`columns that name no field: ${outcome.ignored.join(', ')}\n`)
      for (const [rule, count] of Object.entries(outcome.findings)) process.stdout.write(`  finding ${rule}: ${count}\n`)
      if (rejectedFile) process.stdout.write(`rejected rows with their reasons: ${rejectedFile}\n`)
    }
    return outcome.rejected.length > 0 ? 1 : 0
  })
}

export async function exportFile(file: string, options: { readonly area?: string; readonly withContacts?: boolean; readonly json?: boolean }): Promise<number> {
  return withRegistry(async (registry) => {
    let count = 0
    await writeSheet(file, rows(registry, options, () => count++))
    process.stdout.write(options.json ? `${JSON.stringify({ file, records: count })}\n` : `${count} records written to ${file}\n`)
    return 0
  })
}

async function* rows(registry: Registry, options: { readonly area?: string; readonly withContacts?: boolean }, counted: () => void): AsyncGenerator<readonly string[]> {
  yield headingCells()
  for await (const camera of everyCamera(registry, options.area)) {
    counted()
    yield cameraCells(camera, { withContacts: options.withContacts === true })
  }
}

async function* everyCamera(registry: Registry, area: string | undefined): AsyncGenerator<Camera> {
  let cursor: string | undefined
  do {
    const page = await registry.cameras({ limit: pageSize, ...(area === undefined ? {} : { area }), ...(cursor === undefined ? {} : { cursor }) })
    yield* page.items
    cursor = page.next
  } while (cursor !== undefined)
}

async function withRegistry(work: (registry: Registry) => Promise<number>): Promise<number> {
  const config = loadConfig(process.env)
  const outlines = config.outlines === undefined ? undefined : readOutlines(config.outlines)
  const store = await openData(config)
  try {
    return await work(createRegistry({ store: store.registry, clock: systemClock, log: silentLog, ...(outlines ? { outlines } : {}) }))
  } finally {
    await store.close()
  }
}

function checkNetworking(text: string | undefined): NetworkingOne | undefined {
  if (text === undefined || text === 'networked' || text === 'not-networked') return text
  throw new AppError('usage.invalid', `--networking-one is "${text}": it takes networked or not-networked`)
}
