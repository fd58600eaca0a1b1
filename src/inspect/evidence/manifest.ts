// The manifest of a package: what is in it, what is not and why, who took it and when. Its exact bytes are signed.
import { ParseError } from '../../base/index.ts'
import type { Evidence } from '../types.ts'
import { isPackagePath } from './zip-records.ts'

export const manifestName = 'manifest.json'
export const signatureName = 'manifest.json.sig'
export const publicKeyName = 'installation.pem'
/** Not in the manifest: it cannot hold its own hash, and they are proved by the signature. */
export const unlisted: readonly string[] = [manifestName, signatureName, publicKeyName]

export type FileKind = 'document' | Evidence['kind']

export interface PackagedFile {
  readonly path: string
  readonly size: number
  /** Hex. */
  readonly sha256: string
  readonly kind: FileKind
  /** Number of the check that it belongs to. */
  readonly check?: number
}

/** What a verdict names and the package does not hold. */
export interface AbsentFile {
  readonly path: string
  readonly sha256: string
  readonly kind: FileKind
  readonly check: number
  /** `left-out`: whoever took the package did not ask for it. `removed`: by the rules of keeping. `missing`: it should have been there. */
  readonly because: 'left-out' | 'removed' | 'missing'
  /** Of `removed`: when, and by which rule. */
  readonly removedAt?: string
  readonly why?: string
}

export interface PackageManifest {
  readonly format: 'yiji-evidence-1'
  readonly software: string
  readonly inspection: { readonly id: string; readonly area: string; readonly state: string; readonly startedAt: string; readonly finishedAt: string }
  /** Absent: all checks. */
  readonly check?: number
  readonly madeAt: string
  /** The account that took it. */
  readonly madeBy: string
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), in hex. */
  readonly installation: string
  readonly files: readonly PackagedFile[]
  readonly absent: readonly AbsentFile[]
}

/** The bytes that are signed. */
export const writeManifest = (manifest: PackageManifest): Buffer => Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`)

const malformed = (what: string): ParseError => new ParseError('package.malformed', `${manifestName} ${what}`)
type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const kinds: ReadonlySet<unknown> = new Set<FileKind>(['document', 'recording', 'keyframe', 'picture', 'verdict'])
const causes: ReadonlySet<unknown> = new Set<AbsentFile['because']>(['left-out', 'removed', 'missing'])

/** Throws ParseError for anything that is no manifest of a format that is known. */
export function parseManifest(bytes: Buffer): PackageManifest {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw malformed('is damaged: it is no JSON')
  }
  if (!isFields(value) || typeof value.format !== 'string' || !value.format.startsWith('yiji-evidence-')) throw malformed('is not one of an evidence package')
  if (value.format !== 'yiji-evidence-1') throw malformed(`is of the format ${value.format.slice(0, 40)}: a newer program can read it`)
  const { files, absent, inspection } = value
  const isWhole = isFields(inspection) && ['id', 'area', 'state', 'startedAt', 'finishedAt'].every((name) => typeof inspection[name] === 'string') && ['software', 'madeAt', 'madeBy'].every((name) => typeof value[name] === 'string')
  if (!isWhole || !isHash(value.installation) || !Array.isArray(files) || !Array.isArray(absent)) throw malformed('is not whole')
  if (value.check !== undefined && !isSize(value.check)) throw malformed('is not whole')
  const seen = new Set<string>()
  for (const file of files as readonly unknown[]) {
    if (!isFields(file) || typeof file.path !== 'string' || !isPackagePath(file.path) || !isSize(file.size) || !isHash(file.sha256) || !kinds.has(file.kind)) throw malformed('has a line that is none')
    if (file.check !== undefined && !isSize(file.check)) throw malformed('has a line that is none')
    if (seen.has(file.path) || unlisted.includes(file.path)) throw malformed(`lists ${file.path} twice`)
    seen.add(file.path)
  }
  for (const file of absent as readonly unknown[]) {
    if (!isFields(file) || typeof file.path !== 'string' || !isHash(file.sha256) || !kinds.has(file.kind) || !isSize(file.check) || !causes.has(file.because)) throw malformed('has a line that is none')
  }
  return value as unknown as PackageManifest
}
