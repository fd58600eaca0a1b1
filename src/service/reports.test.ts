// Reports as files: real pictures, the thread that makes documents, and others who have their turn meanwhile.
import ExcelJS from 'exceljs'
import sharp from 'sharp'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import t from 'tap'
import { reportOf, type Inspection } from '../inspect/index.ts'
import { inspectionOf, reviewsOf } from '../inspect/report/test/samples.ts'
import { readZip } from '../inspect/report/test/zip.ts'
import { renderReport, writeReports, type ReportSource } from './reports.ts'

const sourceOf = (inspection: Inspection, evidenceDir: string): ReportSource => ({
  inspections: { get: async () => inspection, report: async () => reportOf(inspection), reviews: async () => reviewsOf(inspection, 3), population: async () => inspection.draw.members },
  evidenceDir,
  areaName: () => '江苏省南京市六合区',
  fingerprint: () => 'ab:cd',
})
async function bytesOf(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

// Real documents on a busy machine: more than tap's own half minute.
t.setTimeout(240_000)

t.test('every form of the report, with the pictures that are there and without those that are not', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'yiji-reports-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const inspection = inspectionOf(20, 1)
  const shown = inspection.checks.flatMap(({ evidence }) => evidence.filter(({ kind }) => kind === 'picture').slice(0, 1)).slice(0, 3)
  await mkdir(join(folder, inspection.id, 'pictures'), { recursive: true })
  for (const { file } of shown) await writeFile(join(folder, inspection.id, file), await sharp({ create: { width: 1920, height: 1080, channels: 3, background: '#356' } }).jpeg().toBuffer())
  await writeFile(join(folder, inspection.id, shown[1]?.file ?? ''), 'no picture at all')
  const source = sourceOf(inspection, folder)
  const page = (await bytesOf((await renderReport(source, inspection.id, 'html', { lang: 'zh', number: '六视频办〔2026〕9号' })).body)).toString()
  t.equal((page.match(/data:image\/jpeg/g) ?? []).length, 2, 'what is damaged is left out')
  for (const words of ['六视频办〔2026〕9号', 'ab:cd', '江苏省南京市六合区', 'assessor']) t.ok(page.includes(words), words)
  const word = await renderReport(source, inspection.id, 'docx', { lang: 'zh' })
  t.match(word.contentType, /wordprocessingml/)
  const parts = await readZip(await bytesOf(word.body))
  t.equal([...parts.keys()].filter((name) => name.startsWith('word/media/')).length >= 1, true)
  t.ok(parts.get('word/document.xml')?.includes('ab:cd'))
  const book = new ExcelJS.Workbook()
  await book.xlsx.load((await bytesOf((await renderReport(source, inspection.id, 'xlsx', { lang: 'en' })).body)) as unknown as ArrayBuffer)
  t.equal(book.getWorksheet('Population')?.rowCount, 21)
  t.match(JSON.parse((await bytesOf((await renderReport(source, inspection.id, 'json', { lang: 'zh' })).body)).toString()), { state: 'done', createdBy: 'assessor', total: 20, areaName: '江苏省南京市六合区', installation: { fingerprint: 'ab:cd' }, summary: { afterReview: { reviewed: 3 } } })
  await writeReports(source, inspection.id, inspection.draw.members, join(folder, 'out'), 'en')
  t.same((await readdir(join(folder, 'out'))).sort(), ['population.tsv', 'report.docx', 'report.html', 'report.json', 'report.xlsx'])
  t.notMatch(await readFile(join(folder, 'out', 'report.html'), 'utf8'), /核查方法/)
})

t.test('while a patrol’s workbook and a document are made, others have their turn', async (t) => {
  const inspection = inspectionOf(1_000, 5)
  const source = sourceOf(inspection, tmpdir())
  for (const format of ['xlsx', 'json', 'html', 'docx'] as const) {
    let turns = 0
    let isOver = false
    const others = (async () => {
      while (!isOver) {
        await new Promise((resolve) => void setImmediate(resolve))
        turns++
      }
    })()
    const bytes = await bytesOf((await renderReport(source, inspection.id, format, { lang: 'zh' })).body)
    isOver = true
    await others
    t.ok(bytes.length > 50_000 && turns > 10, `${format}: ${bytes.length} bytes, ${turns} turns`)
  }
})

t.test('of documents that are asked for all at once, the last are told to come again', async (t) => {
  const inspection = inspectionOf(2, 5)
  const source = sourceOf(inspection, tmpdir())
  const asked = await Promise.allSettled(Array.from({ length: 12 }, async () => bytesOf((await renderReport(source, inspection.id, 'docx', { lang: 'zh' })).body)))
  t.equal(asked.filter(({ status }) => status === 'fulfilled').length, 8)
  for (const each of asked) if (each.status === 'rejected') t.match(each.reason, { code: 'busy' })
})
