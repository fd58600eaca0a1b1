// A package as it is made: everything is measured first, so that the manifest comes before the files, the length is known, and a file that changes
// on the way breaks the package off instead of spoiling it. Nothing but the documents is held in memory.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../base/index.ts'
import { attachmentsOf, evidenceOf, missing, type Aftermath, type PackageDocument, type PackageWish } from '../evidence/contents.ts'
import { coverName, coverPage } from '../evidence/cover.ts'
import { manifestName, publicKeyName, signatureName, writeManifest, type AbsentFile, type PackagedFile, type PackageManifest } from '../evidence/manifest.ts'
import { isPackagePath } from '../evidence/zip-records.ts'
import type { Signer } from '../evidence/signature.ts'
import type { Inspection } from '../types.ts'
import { layOut, measureFile, writeZip, type Measured, type Packable } from './zip-file.ts'

export interface PackageParts {
  readonly inspection: Inspection
  /** Everything that is not evidence of a check. */
  readonly documents: readonly PackageDocument[]
  readonly aftermath: Aftermath
  /** Folder of the inspection. */
  readonly folder: string
  readonly wish: PackageWish
  readonly signer: Signer
  readonly software: string
  readonly madeAtMs: number
  readonly madeBy: string
  /** Ends the measuring. */
  readonly signal?: AbortSignal
}

export interface Package {
  readonly size: number
  readonly manifest: PackageManifest
  readonly bytes: () => AsyncGenerator<Buffer>
}

/** Throws AppError `not-found` for a check that is not there. */
export async function preparePackage(parts: PackageParts): Promise<Package> {
  const { inspection, folder, wish, signer, signal } = parts
  if (wish.check !== undefined && !inspection.checks.some(({ n }) => n === wish.check)) throw new AppError('not-found', `inspection ${inspection.id} has no finished check ${wish.check}`)
  const { wanted, absent } = evidenceOf(inspection, parts.aftermath, wish)
  const measured: Measured[] = []
  const files: PackagedFile[] = []
  const gone: AbsentFile[] = []
  const take = async (file: Packable, line: Omit<PackagedFile, 'path' | 'size' | 'sha256'>): Promise<void> => {
    signal?.throwIfAborted()
    const seen = await measureFile(file)
    measured.push(seen)
    files.push({ path: file.name, size: seen.size, sha256: seen.sha256, ...line })
  }
  for (const { path, text } of parts.documents) await take({ name: path, from: Buffer.from(text) }, { kind: 'document' })
  for (const wish of wanted) {
    const path = join(folder, wish.evidence.file)
    const found = await stat(path).catch(() => undefined)
    if (!found?.isFile()) gone.push(missing(wish))
    else await take({ name: wish.evidence.file, from: path }, { kind: wish.evidence.kind, check: wish.check })
  }
  for (const { file, check } of attachmentsOf(parts.aftermath, wish)) {
    const path = join(folder, file)
    if (isPackagePath(file) && (await stat(path).catch(() => undefined))?.isFile()) await take({ name: file, from: path }, { kind: 'document', check })
  }
  const draft: PackageManifest = {
    format: 'yiji-evidence-1',
    software: parts.software,
    inspection: { id: inspection.id, area: inspection.area, state: inspection.state, startedAt: iso(inspection.startedAtMs), finishedAt: inspection.finishedAtMs === undefined ? '' : iso(inspection.finishedAtMs) },
    ...(wish.check === undefined ? {} : { check: wish.check }),
    madeAt: iso(parts.madeAtMs),
    madeBy: parts.madeBy,
    installation: signer.fingerprint,
    files,
    absent: [...absent, ...gone],
  }
  await take({ name: coverName, from: Buffer.from(coverPage(draft)) }, { kind: 'document' })
  const manifest: PackageManifest = { ...draft, files: [...files] }
  const bytes = writeManifest(manifest)
  const signed = [
    { name: manifestName, from: bytes },
    { name: signatureName, from: signer.sign(bytes) },
    { name: publicKeyName, from: Buffer.from(signer.publicKey) },
  ]
  const all = [...(await Promise.all(signed.map(measureFile))), ...measured]
  return { size: layOut(all).size, manifest, bytes: () => writeZip(all) }
}

const iso = (ms: number): string => new Date(ms).toISOString()
