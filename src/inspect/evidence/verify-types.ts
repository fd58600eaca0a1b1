// What a verification says, step by step.
import type { PackageManifest } from './manifest.ts'

export type VerifyStepName = 'archive' | 'manifest' | 'signature' | 'files' | 'evidence' | 'draw' | 'replay'

export interface VerifyStep {
  readonly name: VerifyStepName
  readonly ok: boolean
  /** What was looked at. */
  readonly says: string
  /** Each thing that is wrong, a line each, `maxLines` at most and then how many more. */
  readonly wrong: readonly string[]
  /** What a reader should know though nothing is wrong. */
  readonly remarks: readonly string[]
}

export interface Verification {
  readonly ok: boolean
  readonly steps: readonly VerifyStep[]
  /** When it could be read. */
  readonly manifest?: PackageManifest
}

const maxLines = 50
const maxLine = 300

export function stepOf(name: VerifyStepName, says: string, wrong: readonly string[], remarks: readonly string[] = []): VerifyStep {
  const bounded = (lines: readonly string[]): readonly string[] => [...lines.slice(0, maxLines).map(short), ...(lines.length > maxLines ? [`and ${lines.length - maxLines} more`] : [])]
  return { name, ok: wrong.length === 0, says, wrong: bounded(wrong), remarks: bounded(remarks) }
}

const short = (line: string): string => {
  const plain = line.replace(/\s+/g, ' ')
  return plain.length > maxLine ? `${plain.slice(0, maxLine - 1)}…` : plain
}
