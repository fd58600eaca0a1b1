// Evidence packages of the running service: documents from its rows, evidence from its folders, signed by its installation.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, type Clock } from '../base/index.ts'
import { documentsOf, isPackagePath, populationText, preparePackage, type Inspection, type Inspections, type Package, type PackageDocument, type PackageWish, type Signer } from '../inspect/index.ts'

export interface PackagesParts {
  readonly inspections: Pick<Inspections, 'get' | 'report' | 'reviews' | 'population'>
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
  const made: readonly PackageDocument[] = [
    ...documentsOf(inspection, await inspections.reviews(id), wish),
    ...(wish.check === undefined ? [{ path: 'report.json', text: `${JSON.stringify(await inspections.report(id), null, 1)}\n` }] : []),
    // The list as it was published is the file; one that is gone is written again from the rows.
    ...(lists.some(({ path }) => path === 'population.tsv') ? [] : [{ path: 'population.tsv', text: populationText(population) }]),
  ]
  const documents = [...made, ...lists.filter(({ path }) => !made.some((each) => each.path === path))]
  return preparePackage({ inspection, documents, folder, wish, signer: parts.signer, software: parts.software, madeAtMs: clock.wallMs(), madeBy: by, ...(signal && { signal }) })
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
