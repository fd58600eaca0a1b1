// What is said over inspections, through the whole API: a real database, real pages, workbooks and pictures.
import ExcelJS from 'exceljs'
import sharp from 'sharp'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { inspectionOf, reviewsOf } from '../inspect/report/test/samples.ts'
import { house, v1, type House } from './test/house.ts'
import { here, there } from './test/things.ts'

/** Two inspections of the district, a month apart, one of them with reviews; with a picture on the disk. */
async function inspected(home: House): Promise<readonly [string, string]> {
  const [first, second] = [inspectionOf(20, 1, { id: 'r-1', startedAtMs: Date.UTC(2026, 9, 20, 2) }), inspectionOf(20, 2, { id: 'r-2', startedAtMs: Date.UTC(2026, 10, 20, 2) })]
  for (const { checks, ...inspection } of [first, second]) {
    await home.store.inspections.saveInspection({ ...inspection, state: 'running', checks: [] }, inspection.draw.members)
    for (const check of checks) await home.store.inspections.saveCheck(inspection.id, check)
    await home.store.inspections.finish(inspection.id, 'done', inspection.startedAtMs + 40_000)
  }
  for (const review of reviewsOf(second, 2)) await home.store.inspections.saveReview(review)
  const shown = second.checks.flatMap(({ evidence }) => evidence.filter(({ kind }) => kind === 'picture'))[0]
  await mkdir(join(home.evidenceDir, 'r-2', 'pictures'), { recursive: true })
  await writeFile(join(home.evidenceDir, 'r-2', shown?.file ?? ''), await sharp({ create: { width: 640, height: 360, channels: 3, background: '#a33' } }).jpeg().toBuffer())
  return ['r-1', 'r-2']
}

// Real documents on a busy machine: more than tap's own half minute.
t.setTimeout(240_000)

t.test('the comparison with the last inspection, asked for or found', async (t) => {
  const home = await house(t)
  const [first, second] = await inspected(home)
  const found = await home.ask('viewer', 'GET', `${v1}/inspections/${second}/comparison`)
  t.equal(found.statusCode, 200, found.body.slice(0, 300))
  t.match(found.json(), { earlier: { id: first }, later: { id: second }, inBoth: 20, rates: [{ name: 'recordComplete', earlier: { denominator: 20 }, later: { denominator: 20 } }] })
  t.same((await home.ask('viewer', 'GET', `${v1}/inspections/${first}/comparison?with=${second}`)).json(), found.json(), 'whichever is asked first')
  const page = await home.ask('viewer', 'GET', `${v1}/inspections/${second}/comparison?format=html&lang=en`)
  t.match(page.headers['content-security-policy'], /^default-src 'none'/)
  t.match(page.body, /Fisher/)
  t.equal((await home.ask('viewer', 'GET', `${v1}/inspections/${first}/comparison`)).statusCode, 404, 'there is none before the first')
  t.equal((await home.ask('viewer', 'GET', `${v1}/inspections/${second}/comparison?with=i-there`)).statusCode, 404, 'one of another area is not there')
  t.equal((await home.ask('admin', 'GET', `${v1}/inspections/${second}/comparison?with=i-there`)).statusCode, 200)
})

t.test('the contact sheet as a page and as a picture', async (t) => {
  const home = await house(t)
  const [, second] = await inspected(home)
  const page = await home.ask('viewer', 'GET', `${v1}/inspections/${second}/contact-sheet.html`)
  t.equal((page.body.match(/<figure>/g) ?? []).length, 20)
  t.equal((page.body.match(/data:image\/jpeg/g) ?? []).length, 1, 'the picture that is there')
  const jpeg = await home.ask('viewer', 'GET', `${v1}/inspections/${second}/contact-sheet.jpg?lang=zh`)
  t.equal(jpeg.headers['content-type'], 'image/jpeg')
  const { width, height, format } = await sharp(jpeg.rawPayload).metadata()
  t.same([format, width, height], ['jpeg', 4 * 492 + 12, 56 + 5 * 386 + 12])
  const { data, info } = await sharp(jpeg.rawPayload).raw().toBuffer({ resolveWithObject: true })
  const red = Array.from({ length: info.width * info.height }, (_, index) => index * info.channels).filter((at) => (data[at] ?? 0) > 140 && (data[at + 1] ?? 0) < 80 && (data[at + 1] ?? 0) > 30).length
  t.ok(red > 480 * 250, 'the picture lies in its place')
  t.equal((await home.ask('viewer', 'GET', `${v1}/inspections/${second}/contact-sheet.jpg?page=2`)).statusCode, 404)
  t.equal((await home.ask('viewer', 'GET', `${v1}/inspections/${second}/contact-sheet.gif`)).statusCode, 400)
})

t.test('the summary of a district: of one’s own area, over the days that are asked for', async (t) => {
  const home = await house(t)
  await inspected(home)
  const url = `${v1}/reports/district?area=${here}&from=2026-10-01&to=2026-11-30`
  const summary = (await home.ask('viewer', 'GET', url)).json<{ inspections: { id: string }[]; checks: number; byOwner: { key: string }[] }>()
  t.same(summary.inspections.map(({ id }) => id), ['r-1', 'r-2'], 'oldest first, those of other days are not in it')
  t.equal(summary.checks, 40)
  t.ok(summary.byOwner.length > 1)
  const october = (await home.ask('viewer', 'GET', `${v1}/reports/district?from=2026-10-01&to=2026-10-31`)).json<{ inspections: unknown[]; area: string }>()
  t.same([october.inspections.length, october.area], [1, here], 'without an area: one’s own')
  t.equal((await home.ask('viewer', 'GET', `${v1}/reports/district?area=${there}`)).json<{ code: string }>().code, 'area.outside')
  const ofClass = (await home.ask('viewer', 'GET', `${url}&class=1`)).json<{ class: string; checks: number; byClass: { key: string }[] }>()
  t.match(ofClass, { class: '1', byClass: [{ key: '1' }] }, 'of one class')
  t.equal((await home.ask('viewer', 'GET', `${url}&class=4`)).json<{ checks: number }>().checks, 0)
  t.match((await home.ask('viewer', 'GET', `${url}&format=html`)).body, /辖区核查汇总/)
  const book = new ExcelJS.Workbook()
  const xlsx = await home.ask('viewer', 'GET', `${url}&format=xlsx`)
  await book.xlsx.load(xlsx.rawPayload as unknown as ArrayBuffer)
  t.equal(book.worksheets.length, 5)
  t.match(xlsx.headers['content-disposition'], /district-320116-2026-10-01-2026-11-30\.xlsx/)
  for (const wrong of ['from=2026-11-30&to=2026-11-01', 'from=yesterday', 'from=2026-02-30', 'format=pdf', 'area=32011', 'bogus=1']) t.equal((await home.ask('viewer', 'GET', `${v1}/reports/district?${wrong}`)).statusCode, 400, wrong)
})
