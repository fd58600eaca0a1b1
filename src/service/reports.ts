// Reports and evidence of inspections as files: rendered when asked, from the rows that are kept.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { AppError } from '../base/index.ts'
import { populationText, reportPage, reportWorkbook, type Inspections, type PopulationMember, type Report } from '../inspect/index.ts'

export type ReportFormat = 'html' | 'xlsx' | 'json'
export type Lang = 'zh' | 'en'

export interface RenderedReport {
  readonly contentType: string
  readonly fileName: string
  readonly body: Buffer
}

export interface ReportSource {
  readonly inspections: Pick<Inspections, 'report'>
  readonly evidenceDir: string
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.json': 'application/json; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.pcapng': 'application/vnd.tcpdump.pcap',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
}
/** Width of the pictures inside the page: sharp on paper at half the text's width, a few hundred kilobytes in all. */
const thumbnailWidth = 480

export async function renderReport(source: ReportSource, id: string, format: ReportFormat, lang: Lang): Promise<RenderedReport> {
  const report = await source.inspections.report(id)
  const body =
    format === 'json'
      ? Buffer.from(`${JSON.stringify(report, null, 1)}\n`)
      : format === 'xlsx'
        ? await reportWorkbook(report, lang)
        : Buffer.from(reportPage(report, await thumbnails(report, join(source.evidenceDir, id)), lang))
  return { contentType: contentTypes[`.${format}`] ?? 'application/octet-stream', fileName: `report-${report.inspection.area}-${id}.${format}`, body }
}

/** The first and the last picture of each check, small; one that cannot be read is left out and only named. */
async function thumbnails(report: Report, folder: string): Promise<ReadonlyMap<string, Buffer>> {
  // Loaded with the first report, as the workbook's library is.
  const { default: sharp } = await import('sharp')
  const made = new Map<string, Buffer>()
  for (const check of report.checks) {
    const files = check.evidence.filter((item) => item.kind === 'picture').map((item) => item.file)
    for (const file of new Set([files[0], files.at(-1)])) {
      if (file === undefined) continue
      const jpeg = await readFile(join(folder, file)).catch(() => undefined)
      if (jpeg) made.set(file, await sharp(jpeg).resize({ width: thumbnailWidth, withoutEnlargement: true }).jpeg({ quality: 80 }).toBuffer())
    }
  }
  return made
}

/** A file of an inspection's evidence, or undefined; never one outside its folder. */
export async function evidenceFile(evidenceDir: string, id: string, relativePath: string): Promise<{ path: string; contentType: string } | undefined> {
  const folder = resolve(evidenceDir, id)
  const path = resolve(folder, relativePath)
  if (!folder.startsWith(resolve(evidenceDir) + sep) || !path.startsWith(folder + sep)) return undefined
  const contentType = contentTypes[extname(path)]
  const found = await stat(path).catch(() => undefined)
  return contentType !== undefined && found?.isFile() ? { path, contentType } : undefined
}

/** Writes report.html, .xlsx, .json and the population into a folder, for people who take the result away. */
export async function writeReports(source: ReportSource, id: string, population: readonly PopulationMember[], folder: string, lang: Lang): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true })
    const written: string[] = []
    for (const format of ['html', 'xlsx', 'json'] as const) {
      const file = join(folder, `report.${format}`)
      await writeFile(file, (await renderReport(source, id, format, lang)).body)
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
