// `yiji import` and `yiji export`: records of a running service, or of a data directory that no service holds at the moment. The way is the same.
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../base/index.ts'
import { fieldRow, isFieldName, type Choices, type FieldName, type ImportPreview, type Need } from '../registry/index.ts'
import { openTransfer, type OpenImport, type ServerChoice } from './transfer-over.ts'

export interface ImportArguments extends ServerChoice {
  readonly dryRun?: boolean
  readonly networkingOne?: string
  readonly manufacturers?: string
  readonly sheet?: string
  readonly column?: readonly string[]
  readonly map?: readonly string[]
  readonly json?: boolean
}

export async function importFile(file: string, options: ImportArguments): Promise<number> {
  const choices = choicesOf(options)
  const transfer = await openTransfer(options)
  try {
    const open = await transfer.begin(() => createReadStream(file), file, choices)
    let now = open
    const say = (text: string): void => {
      if (!options.json) process.stdout.write(`${text}\n`)
    }
    const { preview } = now
    if (!preview) throw new AppError('import.unreadable', now.failure?.message ?? `${file} was not read`)
    if (preview.needs.length > 0) {
      await transfer.cancel(open.id)
      throw new AppError('import.choice-needed', preview.needs.map((need) => needLine(need)).join('; '))
    }
    const rejectedFile = await saveRejected(file, preview, (path) => transfer.saveRejected(open.id, path))
    if (options.dryRun !== true) now = await transfer.apply(open.id, basename(file))
    if (now.state === 'ready' && options.dryRun !== true) throw new AppError('busy', now.failure?.message ?? 'the records were not written')
    if (options.dryRun === true) await transfer.cancel(open.id)
    const { counts } = preview
    const outcome = { ...counts, ...(now.outcome ? { created: now.outcome.created, changed: now.outcome.changed, conflicts: now.outcome.conflicts } : {}) }
    const left = outcome.rejected + outcome.outside + outcome.conflicts
    if (options.json) {
      const { normalisations, findings, rejections, notes, unknownCodes, columns } = preview
      process.stdout.write(`${JSON.stringify({ id: open.id, ...outcome, dryRun: options.dryRun === true, rejectedFile: rejectedFile ?? null, normalisations, findings, rejections, notes, unknownCodes, columns })}\n`)
    } else {
      say(`${outcome.rows} rows: ${outcome.created} created, ${outcome.changed} changed, ${outcome.unchanged} unchanged, ${outcome.rejected} rejected${options.dryRun ? ' (dry run: nothing was written)' : ''}`)
      if (outcome.outside > 0) say(`${outcome.outside} rows lie outside your area`)
      if (outcome.conflicts > 0) say(`${outcome.conflicts} rows were changed by somebody else meanwhile and not written`)
      for (const line of summary(preview)) say(line)
      if (rejectedFile) say(`rows that were not taken, with their reasons: ${rejectedFile}`)
    }
    return left > 0 ? 1 : 0
  } finally {
    await transfer.close()
  }
}

export interface ExportArguments extends ServerChoice {
  readonly area?: string
  readonly withContacts?: boolean
  readonly labels?: boolean
  readonly lang?: string
  readonly encoding?: string
  readonly json?: boolean
}

export async function exportFile(file: string, options: ExportArguments): Promise<number> {
  const ending = extname(file).toLowerCase()
  const format = ending === '.xlsx' ? 'xlsx' : ending === '.csv' ? 'csv' : undefined
  if (!format) throw new AppError('usage.invalid', `${file}: records are written to .xlsx or .csv`)
  const encoding = oneOf('--encoding', options.encoding, ['utf-8', 'gb18030'] as const)
  const lang = oneOf('--lang', options.lang, ['zh', 'en'] as const)
  const transfer = await openTransfer(options)
  try {
    const { body, count } = await transfer.records({
      format,
      values: options.labels === true ? 'labels' : 'codes',
      ...(lang ? { lang } : {}),
      ...(encoding ? { encoding } : {}),
      ...(options.area === undefined ? {} : { area: options.area }),
      withContacts: options.withContacts === true,
    })
    await writeWhole(file, body)
    process.stdout.write(options.json ? `${JSON.stringify({ file, records: count() })}\n` : `${count()} records written to ${file}\n`)
    return 0
  } finally {
    await transfer.close()
  }
}

/** Written beside its place and renamed, so that nothing is ever half there. */
async function writeWhole(file: string, body: NodeJS.ReadableStream): Promise<void> {
  const unfinished = `${file}.part`
  try {
    await pipeline(body, createWriteStream(unfinished))
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    const { code } = error as { readonly code?: string }
    if (code === 'ENOSPC') throw new AppError('disk.full', `no space left for ${file}: free some`)
    if (code !== undefined && /^E[A-Z]+$/.test(code)) throw new AppError('data.unwritable', `${file} cannot be written (${code})`)
    throw error
  }
}

async function saveRejected(file: string, preview: ImportPreview, save: (path: string) => Promise<NodeJS.ReadableStream | undefined>): Promise<string | undefined> {
  const { rejected, outside, conflicts } = preview.counts
  if (rejected + outside + conflicts === 0) return undefined
  const path = `${file.slice(0, file.length - extname(file).length)}.rejected.${preview.kind}`
  const body = await save(path)
  if (!body) return undefined
  await writeWhole(path, body)
  return path
}

function* summary({ columns, notes, normalisations, findings, unknownCodes, rejections }: ImportPreview): Generator<string> {
  const unknown = columns.filter(({ field }) => field === undefined).map(({ heading }) => heading)
  if (unknown.length > 0) yield `columns that name no field: ${unknown.join(', ')}`
  for (const { message, code } of notes) if (code !== 'columns.unknown') yield `note: ${message.en}`
  for (const { kind, field, count, examples } of normalisations) yield `  ${kind} ${fieldRow(field).zh}: ${count}${examples[0] ? `, as "${examples[0].from}" to "${examples[0].to}" in row ${examples[0].row}` : ''}`
  for (const { field, values } of unknownCodes) yield `  no code of ${fieldRow(field).zh}: ${values.slice(0, 10).map(({ value, count }) => `"${value}" × ${count}`).join(', ')}`
  for (const { code, count, message } of rejections) yield `  rejected, ${code}: ${count}, as ${message.en}`
  for (const { rule, count } of findings) yield `  finding ${rule}: ${count}`
}

/** The choice in one line, with what it rests on and how it is made. */
function needLine({ choice, field, message, options, values }: Need): string {
  const how = choice === 'column' ? `--column ${field ?? ''}=LETTER` : choice === 'sheet' ? '--sheet NAME' : choice === 'networkingOne' ? '--networking-one' : '--manufacturers'
  const counted = values.length > 0 ? ` (${values.map(({ value, count }) => `${count} × ${value}`).join(', ')})` : ''
  return `${message.en}${counted}: use ${how} with ${options.map(({ value }) => (value === '' ? "''" : value)).join(' or ')}`
}

function choicesOf({ networkingOne, manufacturers, sheet, column = [], map = [] }: ImportArguments): Choices {
  const one = oneOf('--networking-one', networkingOne, ['networked', 'not-networked'] as const)
  const table = oneOf('--manufacturers', manufacturers, ['national', 'jiangsu'] as const)
  const columns: Partial<Record<FieldName, string>> = {}
  for (const text of column) {
    const [name = '', letters = ''] = text.split('=', 2)
    if (!isFieldName(name) || !/^[A-Za-z]{0,3}$/.test(letters)) throw new AppError('usage.invalid', `--column is "${text}": it takes FIELD=LETTER, like longitude=F`)
    columns[name] = letters.toUpperCase()
  }
  const codes: Partial<Record<FieldName, Record<string, string>>> = {}
  for (const text of map) {
    const [, name = '', from = '', to = ''] = /^(\w+):(.+)=(.*)$/.exec(text) ?? []
    const row = isFieldName(name) ? fieldRow(name) : undefined
    if (!row?.table || (to !== '' && !row.table.some(({ code }) => code === to))) throw new AppError('usage.invalid', `--map is "${text}": it takes FIELD:VALUE=CODE, like manufacturer:海康威视=1`)
    codes[row.name] = { ...codes[row.name], [from]: to }
  }
  return {
    ...(one ? { networkingOne: one } : {}),
    ...(table ? { manufacturerTable: table } : {}),
    ...(sheet === undefined ? {} : { sheet }),
    ...(column.length > 0 ? { columns } : {}),
    ...(map.length > 0 ? { codes } : {}),
  }
}

function oneOf<const Value extends string>(option: string, text: string | undefined, values: readonly Value[]): Value | undefined {
  if (text === undefined) return undefined
  const value = values.find((each) => each === text)
  if (value === undefined) throw new AppError('usage.invalid', `${option} is "${text}": it takes ${values.join(' or ')}`)
  return value
}

export type { OpenImport }
