// Where records come from and go to for the command line: a running service over HTTP, or the data directory itself where no service has it.
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { AppError, silentLog, systemClock, systemRandom } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { createRegistry, type Camera, type Choices, type CsvEncoding, type ImportPreview, type Registry, type SheetFormat } from '../registry/index.ts'
import { openData } from '../service/data.ts'
import { createImports } from '../service/imports.ts'
import { readRules, ruleFilesOf } from '../service/rules.ts'
import { exportBytes } from '../service/transfer.ts'
import { connectTo } from './client.ts'

export interface ServerChoice {
  /** Absent: the data directory. */
  readonly server?: string
  readonly user?: string
}

export interface OpenImport {
  readonly id: string
  readonly state: string
  readonly preview?: ImportPreview
  readonly outcome?: { readonly created: number; readonly changed: number; readonly conflicts: number }
  readonly failure?: { readonly code: string; readonly message: string }
}

export interface Wanted {
  readonly format: SheetFormat
  readonly values: 'codes' | 'labels'
  readonly lang?: 'zh' | 'en'
  readonly encoding?: CsvEncoding
  readonly area?: string
  readonly withContacts: boolean
}

export interface Transfer {
  /** Resolves when the file has been read. Throws AppError 'import.unreadable'. */
  readonly begin: (open: () => Readable, file: string, choices: Choices) => Promise<OpenImport>
  readonly apply: (id: string, why: string) => Promise<OpenImport>
  readonly cancel: (id: string) => Promise<void>
  readonly saveRejected: (id: string, path: string) => Promise<Readable | undefined>
  readonly records: (wanted: Wanted) => Promise<{ readonly body: Readable; readonly count: () => number }>
  readonly close: () => Promise<void>
}

const pageSize = 500
const pollMs = 500
const forever = 3_600_000

export function openTransfer({ server, user = 'admin' }: ServerChoice): Promise<Transfer> {
  return server === undefined ? overDirectory() : overService(server, user)
}

async function overDirectory(): Promise<Transfer> {
  const config = loadConfig(process.env)
  const ruleFiles = ruleFilesOf(config)
  const store = await openData(config).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'data.locked') throw new AppError('data.locked', `${error.message}, or name the service with --server`)
    throw error
  })
  const registry = createRegistry({ store: store.registry, clock: systemClock, log: silentLog, ...readRules(ruleFiles) })
  const imports = await createImports({ store, registry, dataDir: config.dataDir, ...config.imports, ruleFiles, clock: systemClock, log: silentLog, random: systemRandom })
  const readOne = async (id: string): Promise<OpenImport> => failing(await imports.settled(id, forever))
  return {
    begin: async (open, file, choices) => {
      const begun = await imports.begin({ fileName: basename(file), stream: open(), by: 'command line', area: '', choices }).catch((error: unknown) => {
        throw unreadable(file, error)
      })
      return readOne(begun.id)
    },
    apply: async (id, why) => {
      await imports.apply(id, { by: 'command line', why })
      return readOne(id)
    },
    cancel: async (id) => void (await imports.cancel(id)),
    saveRejected: async (id) => (await imports.rejected(id))?.body,
    records: async ({ withContacts, area, ...wanted }) => {
      let count = 0
      const counted = async function* (): AsyncGenerator<Camera> {
        for await (const camera of everyCamera(registry, area)) {
          count++
          yield camera
        }
      }
      return { body: exportBytes(counted(), { ...wanted, withContacts: () => withContacts }), count: () => count }
    },
    close: async () => {
      await imports.close()
      await store.close()
    },
  }
}

async function overService(server: string, user: string): Promise<Transfer> {
  const password = process.env.YIJI_USER_PASSWORD
  if (!password) throw new AppError('usage.invalid', `the password of "${user}" is read from the environment: set YIJI_USER_PASSWORD`)
  const client = await connectTo(server, user, password)
  const settled = async (first: OpenImport): Promise<OpenImport> => {
    let now = first
    while (now.state === 'reading' || now.state === 'applying') {
      await new Promise((resolve) => setTimeout(resolve, pollMs))
      now = await client.json<OpenImport>('GET', `/imports/${first.id}`)
    }
    return failing(now)
  }
  return {
    begin: async (_open, file, choices) => {
      const first = await client.upload<OpenImport>('/imports', file).catch((error: unknown) => {
        throw unreadable(file, error)
      })
      const read = await settled(first)
      return Object.keys(choices).length === 0 ? read : settled(await client.json<OpenImport>('PUT', `/imports/${first.id}/choices`, choices))
    },
    apply: async (id, why) => settled(await client.json<OpenImport>('POST', `/imports/${id}/apply`, { why })),
    cancel: async (id) => void (await client.json('POST', `/imports/${id}/cancel`, {})),
    saveRejected: async (id) => client.stream(`/imports/${id}/rejected`),
    records: async ({ format, values, lang, encoding, area }) => {
      const query = new URLSearchParams({ format, values, ...(lang ? { lang } : {}), ...(encoding ? { encoding } : {}), ...(area ? { area } : {}) })
      const { total } = await client.json<{ total: number }>('GET', `/cameras?limit=1${area ? `&area=${area}` : ''}`)
      return { body: await client.stream(`/exports?${query.toString()}`), count: () => total }
    },
    close: async () => {},
  }
}

function failing(now: OpenImport): OpenImport {
  if (now.state === 'failed') throw new AppError('import.unreadable', now.failure?.message ?? 'the file was not read')
  return now
}

function unreadable(file: string, error: unknown): unknown {
  const { code } = error as { readonly code?: string }
  if (code === 'ENOENT') return new AppError('import.unreadable', `${file} does not exist`)
  if (code === 'EISDIR') return new AppError('import.unreadable', `${file} is a folder`)
  return code === 'EACCES' ? new AppError('import.unreadable', `${file} cannot be read (${code})`) : error
}

async function* everyCamera(registry: Registry, area: string | undefined): AsyncGenerator<Camera> {
  let cursor: string | undefined
  do {
    const page = await registry.cameras({ limit: pageSize, ...(area === undefined ? {} : { area }), ...(cursor === undefined ? {} : { cursor }) })
    yield* page.items
    cursor = page.next
  } while (cursor !== undefined)
}
