// Reports of inspections as files: rendered when asked, from the rows that are kept, and sent piece by piece.
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { AppError } from '../base/index.ts'
import { pageOf, populationText, reportDocument, reportJson, reportSheets, summarise, workbookBytes, type CheckHistory, type Comparison, type Inspections, type PictureOf, type PopulationMember, type Report } from '../inspect/index.ts'
import { wordInThread } from './word-thread.ts'

export type ReportFormat = 'html' | 'xlsx' | 'docx' | 'json'
export type Lang = 'zh' | 'en'

export interface RenderedReport {
  readonly contentType: string
  readonly fileName: string
  readonly body: Readable
}

export interface ReportSource {
  readonly inspections: Pick<Inspections, 'report' | 'reviews' | 'population' | 'get'>
  readonly evidenceDir: string
  /** 江苏省南京市六合区, by its code. */
  readonly areaName?: (area: string) => string
  /** Of the key that signs evidence. */
  readonly fingerprint?: () => string
  readonly histories?: (report: Report) => Promise<readonly CheckHistory[]>
  /** With the last one of the same area and plan. */
  readonly comparison?: (id: string) => Promise<Comparison | undefined>
}

export interface ReportWish {
  readonly lang: Lang
  /** The document's number, where the office has given it one. */
  readonly number?: string
}

export const contentTypes = {
  html: 'text/html; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  json: 'application/json; charset=utf-8',
  jpg: 'image/jpeg',
} as const
/** Width of the pictures inside the page: sharp on paper at half the text's width, a few hundred kilobytes in all. */
const thumbnailWidth = 480

/** Everything that is known of an inspection, for a report. Throws AppError `not-found`. */
export async function wholeReport({ inspections, areaName, fingerprint, histories, comparison }: ReportSource, id: string): Promise<Report> {
  const inspection = await inspections.get(id)
  const plain = await inspections.report(id)
  const reviews = await inspections.reviews(id)
  const name = areaName?.(plain.inspection.area)
  const report: Report = {
    ...plain,
    ...(inspection && { state: inspection.state, createdBy: inspection.createdBy, total: inspection.total }),
    reviews,
    summary: summarise(plain.checks, plain.rules, reviews),
    ...(name === undefined ? {} : { areaName: name }),
    ...(fingerprint && { installation: { fingerprint: fingerprint() } }),
  }
  const [past, compared] = [await histories?.(report), await comparison?.(id)]
  return { ...report, ...(past && { histories: past }), ...(compared && { comparison: compared }) }
}

export async function renderReport(source: ReportSource, id: string, format: ReportFormat, { lang, ...options }: ReportWish): Promise<RenderedReport> {
  const report = await wholeReport(source, id)
  const { software, finishedAt, area } = report.inspection
  const pieces = async (): Promise<AsyncIterable<string | Buffer> | Iterable<string | Buffer>> => {
    switch (format) {
      case 'json':
        return reportJson(report)
      case 'xlsx':
        return workbookBytes(reportSheets(report, lang, await source.inspections.population(id)), { software, createdAt: finishedAt, turn })
      case 'docx':
        return [await wordInThread(reportDocument(report, lang, options), thumbnailsIn(join(source.evidenceDir, id), thumbnailWidth))]
      case 'html':
        return pageOf(reportDocument(report, lang, options), thumbnailsIn(join(source.evidenceDir, id), thumbnailWidth))
    }
  }
  return { contentType: contentTypes[format], fileName: `report-${area}-${id}.${format}`, body: streamOf(await pieces()) }
}

/** Pieces as bytes, taken as fast as the reader takes them; others have their turn between two. */
export const streamOf = (pieces: AsyncIterable<string | Buffer> | Iterable<string | Buffer>): Readable => Readable.from(inTurns(pieces), { objectMode: false })

async function* inTurns(pieces: AsyncIterable<string | Buffer> | Iterable<string | Buffer>): AsyncGenerator<string | Buffer> {
  for await (const piece of pieces) {
    yield piece
    await turn()
  }
}

/** Pictures of an inspection, small; one that cannot be read is left out. */
export function thumbnailsIn(folder: string, width: number): PictureOf {
  return async (file) => {
    const jpeg = await readFile(join(folder, file)).catch(() => undefined)
    if (!jpeg) return undefined
    // Loaded with the first report, as the workbook's library is.
    const { default: sharp } = await import('sharp')
    return sharp(jpeg).resize({ width, withoutEnlargement: true }).jpeg({ quality: 80 }).toBuffer().catch(() => undefined)
  }
}

const evidenceTypes: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.json': contentTypes.json,
  '.pcapng': 'application/vnd.tcpdump.pcap',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
  '.h264': 'video/h264',
  '.h265': 'video/h265',
  '.zip': 'application/zip',
}

/** A file of an inspection's evidence, or undefined; never one outside its folder. */
export async function evidenceFile(evidenceDir: string, id: string, relativePath: string): Promise<{ path: string; contentType: string } | undefined> {
  const folder = resolve(evidenceDir, id)
  const path = resolve(folder, relativePath)
  if (!folder.startsWith(resolve(evidenceDir) + sep) || !path.startsWith(folder + sep)) return undefined
  const contentType = evidenceTypes[extname(path)]
  const found = await stat(path).catch(() => undefined)
  return contentType !== undefined && found?.isFile() ? { path, contentType } : undefined
}

/** Writes report.html, .docx, .xlsx, .json and the population into a folder, for people who take the result away. */
export async function writeReports(source: ReportSource, id: string, population: readonly PopulationMember[], folder: string, lang: Lang): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true })
    const written: string[] = []
    for (const format of ['html', 'docx', 'xlsx', 'json'] as const) {
      const file = join(folder, `report.${format}`)
      await pipeline((await renderReport(source, id, format, { lang })).body, createWriteStream(file))
      written.push(file)
    }
    const list = join(folder, 'population.tsv')
    await writeFile(list, populationText(population))
    return [...written, list]
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw new AppError('disk.full', `no space left to write the report to ${folder}: free some and fetch it again`)
    throw error
  }
}
