// An opinion as a whole: the evidence package of one check, as the other installation made and signed it. Proved from its own bytes like any package
// before anything of it is believed; what is wrong with it is one line.
import { createHash } from 'node:crypto'
import { AppError, ParseError } from '../../base/index.ts'
import { manifestName } from '../evidence/manifest.ts'
import type { VerifyStep } from '../evidence/verify-types.ts'
import { readMember } from '../io/package-source.ts'
import { recordingLimitBytes } from '../io/recording-file.ts'
import { verifyPackage } from '../io/verify-package.ts'
import type { Check, Evidence, OpinionPackage } from '../types.ts'
import { readForeignCheck } from './foreign-check.ts'

/** A recording, that of each re-check, pictures and keyframes. Ours. */
export const opinionPackageBytes = 256 * 1024 * 1024

export interface OpinionRead {
  readonly check: Check
  readonly signed: OpinionPackage
  readonly recording: { readonly name: string; readonly sha256: string; readonly bytes: Buffer }
}

const wrong = (what: string): AppError => new AppError('request.invalid', `the package of the other node: ${what}`)
const mostVerdict = 1024 * 1024

/** `own`: fingerprint of this installation, whose word is no second one. Throws AppError `request.invalid`. */
export async function readOpinionPackage(path: string, camera: string, own: string): Promise<OpinionRead> {
  const { ok, steps, manifest } = await verifyPackage(path)
  const bad = steps.find((step) => !step.ok)
  if (!ok || !manifest) throw wrong(bad ? lineOf(bad) : 'it cannot be read')
  if (manifest.installation === own) throw wrong('it was signed by this installation itself, whose word is no second one')
  const documents = await Promise.all(manifest.files.filter(({ kind }) => kind === 'verdict').map(({ path: name }) => readVerdict(path, name)))
  const found = documents.filter((check) => check.camera.id === camera && check.recheck === undefined)
  const [check] = found
  if (!check) throw wrong(documents.length === 0 ? 'it holds no verdict' : `it holds no check of camera ${camera}, but of ${[...new Set(documents.map((each) => each.camera.id))].slice(0, 3).join(', ')}`)
  if (found.length > 1) throw wrong(`it holds ${found.length} checks of camera ${camera}`)
  const recording = check.evidence.find((each: Evidence) => each.kind === 'recording')
  const packed = manifest.files.find((file) => file.kind === 'recording' && file.path === recording?.file)
  if (!recording || !packed) throw wrong(`it holds no recording of check ${check.n}: a verdict without one cannot be computed again`)
  return {
    check,
    signed: {
      fingerprint: manifest.installation,
      manifestSha256: createHash('sha256').update(await member(path, manifestName, opinionPackageBytes)).digest('hex'),
      inspection: manifest.inspection.id,
      n: check.n,
      madeAt: manifest.madeAt,
      madeBy: manifest.madeBy,
      software: manifest.software,
    },
    recording: { name: packed.path, sha256: packed.sha256, bytes: await member(path, packed.path, 2 * recordingLimitBytes) },
  }
}

const lineOf = ({ name, wrong: lines }: VerifyStep): string => `${name}: ${lines[0] ?? 'not in order'}${lines.length > 1 ? `, and ${lines.length - 1} more` : ''}`

async function readVerdict(path: string, name: string): Promise<Check> {
  try {
    return readForeignCheck(JSON.parse((await member(path, name, mostVerdict)).toString('utf8')))
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong(`${name} is no JSON`)
    throw error
  }
}

async function member(path: string, name: string, most: number): Promise<Buffer> {
  try {
    return await readMember(path, name, most)
  } catch (error) {
    if (error instanceof ParseError) throw wrong(error.message)
    throw error
  }
}
