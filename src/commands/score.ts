// `yiji score`: the sharpness figure against a folder of pictures that a person has labelled.
import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { AppError } from '../base/index.ts'
import { bands, chooseRules, judgePicture, labelOf, labels, measure, pictureName, readPicture, scoreLabelled, type Labelled, type Scored, type Share } from '../inspect/index.ts'

export interface ScoreArguments {
  readonly rules?: string
  readonly json?: boolean
}

/** More pictures are refused: an hour of one core. */
const pictureLimit = 20_000

export async function score(folder: string, options: ScoreArguments): Promise<number> {
  const rules = chooseRules(options.rules)
  const found = list(folder)
  const labelled = found.flatMap((file) => {
    const label = labelOf(basename(file)) ?? labelOf(basename(dirname(file)))
    return label ? [{ file, label }] : []
  })
  if (labelled.length === 0) {
    throw new AppError('usage.invalid', found.length === 0 ? `there is no JPEG or PNG in ${folder}` : `none of the ${found.length} pictures in ${folder} has a label: put them into folders named clear, doubtful and unclear, or begin their names so`)
  }
  const pictures: Labelled[] = []
  const unread: string[] = []
  for (const { file, label } of labelled) {
    try {
      const seen = measure(await readPicture(file), undefined, rules).measure
      const { sharpness, absence } = judgePicture([seen], rules)
      pictures.push({ file: relative(folder, file), label, ...sharpness, width: seen.width, height: seen.height, ...(absence && { absence }) })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      unread.push(error.message)
    }
  }
  for (const message of unread) process.stderr.write(`yiji: ${message}\n`)
  if (pictures.length === 0) throw new AppError('usage.invalid', `none of the ${labelled.length} labelled pictures in ${folder} can be read`)
  const result = scoreLabelled(pictures)
  const { name, version } = rules
  if (options.json) process.stdout.write(`${JSON.stringify({ ruleSet: { name, version }, bands: rules.sharpness, unlabelled: found.length - labelled.length, unread: unread.length, ...result })}\n`)
  else print(result, `${name} ${version}`, rules.sharpness, found.length - labelled.length, unread.length)
  return unread.length > 0 ? 1 : 0
}

function list(folder: string): readonly string[] {
  try {
    if (!statSync(folder).isDirectory()) throw new AppError('usage.invalid', `${folder} is not a folder`)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => pictureName.test(name)).sort()
    if (files.length > pictureLimit) throw new AppError('usage.invalid', `${folder} holds ${files.length} pictures: at most ${pictureLimit} at once`)
    return files.map((name) => join(folder, name))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('usage.invalid', `the folder cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function print({ pictures, confusion, falseUnclear, calledClear, missed, auc }: Scored, ruleSet: string, { clearBelowPx, unclearFromPx }: { readonly clearBelowPx: number; readonly unclearFromPx: number }, unlabelled: number, unread: number): void {
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  say(`rule set ${ruleSet}: clear below ${clearBelowPx} px, unclear from ${unclearFromPx} px, at 1080p height`)
  const width = Math.min(60, Math.max(...pictures.map(({ file }) => file.length)))
  for (const { file, label, band, blurPx, width: w, height: h, absence } of pictures) {
    say(`${file.padEnd(width)}  ${`${w}×${h}`.padEnd(9)}  ${(blurPx === undefined ? '-' : `${blurPx.toFixed(2)} px`).padStart(8)}  ${(absence ?? band).padEnd(12)}  labelled ${label}${label === band ? '' : '  *'}`)
  }
  say('')
  say(`${'labelled'.padEnd(10)}${bands.map((band) => band.padStart(14)).join('')}`)
  for (const label of labels) say(`${label.padEnd(10)}${bands.map((band) => String(confusion[label][band]).padStart(14)).join('')}`)
  say('')
  say(`labelled clear, called unclear:       ${share(falseUnclear)}`)
  say(`labelled unclear, called clear:       ${share(calledClear)}`)
  say(`labelled unclear, not called unclear: ${share(missed)}`)
  say(`AUC of unclear against clear:         ${auc === null ? '- (it takes both)' : auc.toFixed(3)}`)
  if (unlabelled > 0) say(`${unlabelled} pictures without a label were left out`)
  if (unread > 0) say(`${unread} pictures could not be read`)
}

const share = ({ count, of, rate, interval95 }: Share): string => (rate === null || interval95 === null ? `${count}/${of}` : `${count}/${of} = ${(100 * rate).toFixed(1)} % (95 %: ${(100 * interval95[0]).toFixed(1)}-${(100 * interval95[1]).toFixed(1)} %)`)
