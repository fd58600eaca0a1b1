// A package, proved from its own bytes: container, manifest, signature, every file, what the verdicts name, the draw, and on demand every verdict
// again. Needs neither the service nor its database. What is wrong is named; a package that lies ends a step, never the program.
import { createHash } from 'node:crypto'
import { AppError, ParseError } from '../../base/index.ts'
import { evidenceStep, type PackagedCheck } from '../evidence/evidence-step.ts'
import { drawStep } from '../evidence/draw-step.ts'
import { manifestName, parseManifest, publicKeyName, signatureName, unlisted, type PackageManifest } from '../evidence/manifest.ts'
import { readPublicKey, showFingerprint } from '../evidence/signature.ts'
import { stepOf, type Verification, type VerifyStep } from '../evidence/verify-types.ts'
import { compareChecks, replayCheck, type ReplayDeps } from '../replay.ts'
import { openPackage, type PackageSource } from './package-source.ts'
import { parseRecording, recordingLimitBytes } from './recording-file.ts'

export interface VerifyOptions {
  /** Fingerprint of the key that must have signed, 64 hex digits. */
  readonly fingerprint?: string
  /** Computes every verdict again. */
  readonly replay?: ReplayDeps
  /** Told as each step is done. */
  readonly onStep?: (step: VerifyStep) => void
}

/** Documents that are read whole. Ours: the report of a patrol over 50,000 cameras has some 400 MB. */
const mostDocument = 512 * 1024 * 1024
const mostManifest = 128 * 1024 * 1024
const mostKey = 4096

export async function verifyPackage(path: string, options: VerifyOptions = {}): Promise<Verification> {
  const steps: VerifyStep[] = []
  const done = (step: VerifyStep): VerifyStep => {
    steps.push(step)
    options.onStep?.(step)
    return step
  }
  let manifest: PackageManifest | undefined
  const end = (): Verification => ({ ok: steps.every(({ ok }) => ok), steps, ...(manifest && { manifest }) })
  let source: PackageSource
  try {
    source = await openPackage(path)
  } catch (error) {
    done(stepOf('archive', 'every byte outside the files is where it belongs', [said(error)]))
    return end()
  }
  try {
    const kind = source.kind === 'archive' ? 'every byte outside the files is where it belongs' : 'a folder with the files of a package'
    done(stepOf('archive', `${kind}: ${source.files.size} files`, []))
    let signed: Buffer
    try {
      signed = await whole(source, manifestName, mostManifest)
      manifest = parseManifest(signed)
      done(stepOf('manifest', summaryOf(manifest), []))
    } catch (error) {
      done(stepOf('manifest', 'the list of what is in it', [said(error)]))
      return end()
    }
    done(await signatureStep(source, signed, manifest, options.fingerprint))
    done(await filesStep(source, manifest))
    const documents = await readDocuments(source, manifest)
    done(evidenceStep(manifest, documents.checks, documents.verdicts, documents.wrong))
    done(drawStep(documents.texts))
    if (options.replay) done(await replayStep(source, manifest, documents.verdicts, options.replay))
    return end()
  } finally {
    await source.close()
  }
}

const summaryOf = ({ inspection, check, madeAt, madeBy, software, files, absent }: PackageManifest): string =>
  `inspection ${inspection.id} of area ${inspection.area}${check === undefined ? '' : `, check ${check} alone`}: ${files.length} files, ${absent.length} named and not in it; taken by ${madeBy} at ${madeAt} (${software})`

async function signatureStep(source: PackageSource, signed: Buffer, manifest: PackageManifest, wanted: string | undefined): Promise<VerifyStep> {
  const says = 'the manifest is as the installation signed it'
  try {
    const pem = (await whole(source, publicKeyName, mostKey)).toString('latin1')
    const key = readPublicKey(pem)
    const signature = await whole(source, signatureName, mostKey)
    const wrong: string[] = []
    if (key.pem !== pem) wrong.push(`${publicKeyName} has a changed byte`)
    if (key.fingerprint !== manifest.installation) wrong.push(`${publicKeyName} is not the key that the manifest names`)
    if (wanted !== undefined && key.fingerprint !== wanted) wrong.push(`it was signed by another key: ${showFingerprint(key.fingerprint)}`)
    if (!key.verifies(signed, signature)) wrong.push(`${signatureName} does not fit: the manifest was changed, or somebody else signed it`)
    const known = wanted === undefined ? ['nobody said whose key it must be: compare the fingerprint with the report, or give it with --key'] : []
    return stepOf('signature', `${says}; key ${showFingerprint(key.fingerprint)}`, wrong, known)
  } catch (error) {
    return stepOf('signature', says, [error instanceof ParseError && error.code === 'key.malformed' ? `${publicKeyName}: ${error.message}` : said(error)])
  }
}

async function filesStep(source: PackageSource, { files }: PackageManifest): Promise<VerifyStep> {
  const wrong: string[] = []
  let bytes = 0
  const listed = new Set([...unlisted, ...files.map(({ path }) => path)])
  for (const name of source.files.keys()) if (!listed.has(name)) wrong.push(`${name} is in it, and not in the manifest`)
  for (const { path, size, sha256 } of files) {
    const found = source.files.get(path)
    if (found === undefined) wrong.push(`${path} is missing`)
    else if (found !== size) wrong.push(`${path} has ${found} bytes instead of ${size}`)
    else {
      const hash = createHash('sha256')
      for await (const piece of source.bytes(path)) hash.update(piece)
      if (hash.digest('hex') !== sha256) wrong.push(`${path} was changed`)
      bytes += size
    }
  }
  return stepOf('files', `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, by their SHA-256; nothing missing, nothing extra`, wrong)
}

interface Documents {
  readonly texts: ReadonlyMap<string, string>
  readonly checks: readonly PackagedCheck[]
  /** As they were judged, by their path. */
  readonly verdicts: ReadonlyMap<string, PackagedCheck>
  readonly wrong: readonly string[]
}

/** Those that later steps read; one that is no JSON is a line. */
async function readDocuments(source: PackageSource, manifest: PackageManifest): Promise<Documents> {
  const wrong: string[] = []
  const texts = new Map<string, string>()
  const parse = async (path: string): Promise<unknown> => {
    try {
      return JSON.parse((await whole(source, path, mostDocument)).toString('utf8')) as unknown
    } catch (error) {
      wrong.push(error instanceof SyntaxError ? `${path} is no JSON` : said(error))
      return undefined
    }
  }
  for (const { path, kind } of manifest.files) {
    if (kind === 'document' && /^[\w-]+\.(json|tsv)$/.test(path) && path !== 'report.json') texts.set(path, await whole(source, path, mostDocument).then((bytes) => bytes.toString('utf8'), () => ''))
  }
  const told = manifest.check === undefined ? ((await parse('report.json')) as { readonly checks?: unknown } | undefined)?.checks : [await parse('check.json')]
  const verdicts = new Map<string, PackagedCheck>()
  for (const { path, kind } of manifest.files) {
    if (kind !== 'verdict') continue
    const value = await parse(path)
    if (isCheck(value)) verdicts.set(path, value)
    else if (value !== undefined) wrong.push(`${path} is no verdict`)
  }
  const checks = Array.isArray(told) ? told.filter(isCheck) : []
  const again = manifest.files.some(({ path }) => path === 'rechecks.json') ? await parse('rechecks.json') : []
  const rechecks = (Array.isArray(again) ? again : []).flatMap((each: unknown) => (typeof each === 'object' && each !== null && 'check' in each && isCheck(each.check) ? [each.check] : []))
  if (!Array.isArray(told) || checks.length !== told.length) wrong.push(`${manifest.check === undefined ? 'report.json' : 'check.json'} does not hold the checks`)
  return { texts, checks: [...checks, ...rechecks], verdicts, wrong }
}

const isCheck = (value: unknown): value is PackagedCheck =>
  typeof value === 'object' && value !== null && 'n' in value && Number.isSafeInteger(value.n) && 'evidence' in value && Array.isArray(value.evidence) && 'verdict' in value && typeof value.verdict === 'object' && value.verdict !== null

async function replayStep(source: PackageSource, manifest: PackageManifest, verdicts: ReadonlyMap<string, PackagedCheck>, deps: ReplayDeps): Promise<VerifyStep> {
  const wrong: string[] = []
  const remarks = new Set<string>()
  let computedAgain = 0
  const beside = (path: string): string => path.replace(/\.pcapng$/, '.json')
  for (const { path, kind } of manifest.files) {
    if (kind !== 'recording') continue
    const kept = verdicts.get(beside(path))
    try {
      const { computed, remarks: said } = await replayCheck(parseRecording(await whole(source, path, 2 * recordingLimitBytes), path), deps)
      computedAgain++
      for (const remark of said) remarks.add(remark)
      if (!kept) wrong.push(`${path}: there is no verdict to compare with`)
      else for (const difference of compareChecks(kept, computed)) wrong.push(`${path}: ${difference}`)
    } catch (error) {
      // Notes of a recording are believed: in one that somebody forged anything may be missing.
      wrong.push(`${path} cannot be computed again: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const without = [...verdicts.keys()].filter((path) => !manifest.files.some((file) => file.kind === 'recording' && beside(file.path) === path)).length
  if (without > 0) remarks.add(`${without} verdicts have no recording in this package and were not computed again`)
  return stepOf('replay', `${computedAgain} verdicts computed again from their recordings`, wrong, [...remarks])
}

async function whole(source: PackageSource, path: string, most: number): Promise<Buffer> {
  const size = source.files.get(path)
  if (size === undefined) throw new ParseError('package.malformed', `${path} is missing`)
  if (size > most) throw new ParseError('package.malformed', `${path} is too large: ${size} bytes`)
  const pieces: Buffer[] = []
  for await (const piece of source.bytes(path)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** A file that cannot be read is a line as well; a bug is not. */
function said(error: unknown): string {
  if (error instanceof ParseError || error instanceof AppError) return error.message
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return `it cannot be read: ${error.code}`
  throw error
}
