// District outlines from the user's GeoJSON file.
import { existsSync, readFileSync } from 'node:fs'
import { AppError } from '../base/index.ts'
import { parseOutlines, type Outline } from '../registry/index.ts'

/** Throws AppError 'config.invalid' naming the file. */
export function readOutlines(file: string): readonly Outline[] {
  if (!existsSync(file)) throw new AppError('config.invalid', `outlines (YIJI_OUTLINES) is "${file}": there is no such file`)
  return parseOutlines(readFileSync(file, 'utf8'))
}
