// Do the files of a package fit what its verdicts name? Each piece of evidence is there with its hash, or the manifest says why not; and the checks
// that are reported are those that were judged. Pure.
import type { Check, Evidence } from '../types.ts'
import { compareChecks } from '../replay.ts'
import type { PackageManifest } from './manifest.ts'
import { stepOf, type VerifyStep } from './verify-types.ts'

/** As a document has it: what is compared is looked at, nothing else believed. */
export type PackagedCheck = Check

/** `checks`: as reported, further ones too; `verdicts`: as they were judged, by path. `wrong`: what could not be read. */
export function evidenceStep(manifest: PackageManifest, checks: readonly PackagedCheck[], verdicts: ReadonlyMap<string, PackagedCheck>, unreadable: readonly string[]): VerifyStep {
  const wrong = [...unreadable]
  const remarks: string[] = []
  const there = new Map(manifest.files.map((file) => [file.path, file]))
  const absent = new Map(manifest.absent.map((file) => [file.path, file]))
  const named = new Set<string>()
  let pieces = 0
  for (const check of checks) {
    for (const { file, sha256, kind } of check.evidence.filter(isEvidence)) {
      named.add(file)
      pieces++
      const found = there.get(file)
      const gone = absent.get(file)
      if (found && (found.sha256 !== sha256 || found.check !== check.n || found.kind !== kind)) wrong.push(`${file} is not what check ${check.n} was judged by: its SHA-256 was ${sha256}`)
      else if (!found && !gone) wrong.push(`${file} of check ${check.n} is neither there nor said to be absent`)
      else if (gone?.because === 'missing') wrong.push(`${file} of check ${check.n} was lost before the package was made`)
    }
    const judged = verdicts.get(check.evidence.filter(isEvidence).find(({ kind }) => kind === 'verdict')?.file ?? '')
    if (judged) wrong.push(...differences(judged, check).map((line) => `check ${check.n} is reported otherwise than it was judged: ${line}`))
  }
  for (const { path, kind } of manifest.files) if (kind !== 'document' && !named.has(path)) wrong.push(`${path} belongs to no check`)
  const count = (because: string): number => manifest.absent.filter((file) => file.because === because).length
  if (count('removed') > 0) remarks.push(`${count('removed')} files were removed by the rules of keeping; their hashes are in the verdicts`)
  if (count('left-out') > 0) remarks.push(`${count('left-out')} files were not asked for`)
  return stepOf('evidence', `${pieces} pieces of evidence of ${checks.length} checks are those that the verdicts name`, wrong, remarks)
}

const isEvidence = (value: Evidence): boolean => typeof value === 'object' && value !== null && typeof value.file === 'string' && typeof value.sha256 === 'string'

/** Only what the verdict was made of: reviews and the like come later, and stand beside it. */
function differences(judged: PackagedCheck, reported: PackagedCheck): readonly string[] {
  const same = Object.fromEntries(Object.entries(reported).filter(([name]) => name in judged)) as unknown as PackagedCheck
  return compareChecks(judged, same)
}
