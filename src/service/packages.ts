// Evidence packages of the running service: documents from its rows, evidence from its folders, signed by its installation.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, type Clock } from '../base/index.ts'
import { documentsOf, isPackagePath, populationText, preparePackage, type EvidenceStore, type Inspection, type Inspections, type Package, type PackageDocument, type PackageWish, type Aftermath, type ReviewStore, type Signer } from '../inspect/index.ts'

export interface PackagesParts {
  readonly inspections: Pick<Inspections, 'get' | 'reviews' | 'population'>
  /** What came after the verdicts. */
  readonly after: Pick<ReviewStore, 'appeals' | 'rechecks' | 'opinions'>
  readonly holds?: EvidenceStore['holds']
  /** report.json. */
  readonly report: (id: string) => Promise<AsyncIterable<Buffer>>
  readonly evidenceDir: string
  readonly signer: Signer
  readonly software: string
  readonly clock: Clock
  /** Nothing of the inspection is removed until it is let go. */
  readonly use: (inspection: string) => () => void
}

export interface TakenPackage extends Package {
  readonly fileName: string
}

export type PackageRequest = PackageWish & { readonly by: string; readonly signal?: AbortSignal }

/** Throws AppError `not-found`, and `conflict` while the inspection runs. */
export async function takePackage(parts: PackagesParts, id: string, { by, signal, ...wish }: PackageRequest): Promise<TakenPackage> {
  const inspection = await parts.inspections.get(id)
  if (!inspection) throw new AppError('not-found', `there is no inspection ${id}`)
  if (inspection.state === 'running' || inspection.state === 'paused') throw new AppError('conflict', 'the inspection is still running: its evidence comes when it has finished')
  const letGo = parts.use(id)
  try {
    const prepared = await prepare(parts, inspection, { by, wish, ...(signal && { signal }) })
    signal?.addEventListener('abort', letGo, { once: true })
    return { ...prepared, bytes: () => untilRead(prepared.bytes(), letGo), fileName: `evidence-${inspection.area}-${id}${wish.check === undefined ? '' : `-${wish.check}`}.zip` }
  } catch (error) {
    letGo()
    throw error
  }
}

async function* untilRead(bytes: AsyncGenerator<Buffer>, letGo: () => void): AsyncGenerator<Buffer> {
  try {
    yield* bytes
  } finally {
    letGo()
  }
}

async function prepare({ inspections, evidenceDir, clock, ...parts }: PackagesParts, inspection: Inspection, { by, signal, wish }: { readonly by: string; readonly wish: PackageWish; readonly signal?: AbortSignal }): Promise<Package> {
  const { id } = inspection
  const folder = join(evidenceDir, id)
  const lists = await listsOf(folder)
  const population = await inspections.population(id)
  const aftermath: Aftermath = { reviews: await inspections.reviews(id), appeals: await parts.after.appeals(id), rechecks: await parts.after.rechecks(id), opinions: await parts.after.opinions(id), holds: (await parts.holds?.(id)) ?? [] }
  const made: readonly PackageDocument[] = [
    ...documentsOf(inspection, aftermath, wish),
    ...(wish.check === undefined ? [{ path: 'report.json', text: await textOf(await parts.report(id)) }] : []),
    // The list as it was published is the file; one that is gone is written again from the rows.
    ...(lists.some(({ path }) => path === 'population.tsv') ? [] : [{ path: 'population.tsv', text: populationText(population) }]),
  ]
  const documents = [...made, ...lists.filter(({ path }) => !made.some((each) => each.path === path))]
  return preparePackage({ inspection, documents, aftermath, folder, wish, signer: parts.signer, software: parts.software, madeAtMs: clock.wallMs(), madeBy: by, ...(signal && { signal }) })
}

async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of bytes) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('utf8')
}

const mostList = 512 * 1024 * 1024

/** What the inspection published: its lists, beside the folders of its checks. */
async function listsOf(folder: string): Promise<readonly PackageDocument[]> {
  const lists: PackageDocument[] = []
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile() || !/\.(tsv|json)$/.test(entry.name) || !isPackagePath(entry.name)) continue
    const path = join(folder, entry.name)
    if ((await stat(path)).size <= mostList) lists.push({ path: entry.name, text: await readFile(path, 'utf8') })
  }
  return lists
}
