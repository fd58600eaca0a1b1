// Another installation: its check of a camera, from a recording that was really made, as the evidence package that it would hand over.
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { documentsOf, draw, makeKey, populationText, preparePackage, reportOf, signerOf, type Check, type Inspection, type PackageWish, type Signer } from '../../inspect/index.ts'

const fixtures = new URL('../../../fixtures/recordings/', import.meta.url).pathname

/** The key of the house, so that a package can be its own. */
export const ownSigner = signerOf(makeKey())

export interface OtherCheck {
  readonly names: readonly string[]
  readonly signer: Signer
  readonly wish?: PackageWish
  /** What it says instead of what it found. */
  readonly change?: (check: Check) => Check
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** Checks that were recorded under `names`, of an inspection of that node. */
export async function packageOfOther({ names, signer, wish = {}, change = (check) => check }: OtherCheck): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-other-'))
  try {
    mkdirSync(join(folder, 'recordings'))
    const kept = names.map((name) => JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as Check)
    const population = kept.map(({ camera }) => ({ ...camera, class: '1' }))
    const drawn = draw(population, { seed: '00112233445566778899', strata: [{ class: '1', count: kept.length }] })
    const checks = kept.map((check, index): Check => {
      const name = names[index] ?? ''
      const file = `recordings/${name}.pcapng`
      cpSync(join(fixtures, `${name}.pcapng`), join(folder, file))
      const judged = change({ ...check, evidence: [{ file, sha256: sha256(readFileSync(join(folder, file))), kind: 'recording' }] })
      const text = `${JSON.stringify(judged, null, 1)}\n`
      writeFileSync(join(folder, `recordings/${name}.json`), text)
      return { ...judged, evidence: [...judged.evidence, { file: `recordings/${name}.json`, sha256: sha256(text), kind: 'verdict' }] }
    })
    const inspection = { id: '20261120-100000-abcdef', area: '320116', startedAtMs: 1e12, finishedAtMs: 1e12 + 60_000, state: 'done', createdBy: 'wang', draw: drawn, rules: { name: 'default', version: 2 }, checks, total: checks.length, software: 'yiji test' } as unknown as Inspection
    const aftermath = { reviews: [], appeals: [], rechecks: [], opinions: [] }
    const documents = [...documentsOf(inspection, aftermath, wish), { path: 'population.tsv', text: populationText(population) }, ...(wish.check === undefined ? [{ path: 'report.json', text: JSON.stringify(reportOf(inspection)) }] : [])]
    const made = await preparePackage({ aftermath, inspection, documents, folder, wish, signer, software: 'yiji test', madeAtMs: 1e12 + 120_000, madeBy: 'wang' })
    const pieces: Buffer[] = []
    for await (const piece of made.bytes()) pieces.push(piece)
    return Buffer.concat(pieces)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
