// The map in a real browser: a hundred thousand records in clusters that open, colours and filters, a selection by drawing, a point that is moved with its reason and
// moved back; tiles of one's own in a shifted datum. Frame times are printed, and held against generous bounds alone.
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import Database from 'better-sqlite3'
import { createServer } from 'node:http'
import { join } from 'node:path'
import sharp from 'sharp'
import { systemClock } from '../../base/index.ts'
import { databaseName, openStore } from '../../store/index.ts'
import { area, faults, house, inBrowser, type House } from '../test/browser.ts'

const records = 100_000
/** Written into the tables at one go: what a map reads, and a record behind each. */
async function fill(dataDir: string): Promise<void> {
  const file = join(dataDir, databaseName)
  await (await openStore({ file, clock: systemClock })).close()
  const raw = new Database(file)
  raw.pragma('synchronous = OFF')
  raw.transaction(() => {
    raw.exec(`
      CREATE TEMP TABLE made AS WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < ${records})
        SELECT n, '${area}0000132' || printf('%07d', n) AS id, 1 + n % 3 AS class, 118.6 + (n * 7919 % 400000) / 1e6 AS lon, 32.2 + (n * 104729 % 300000) / 1e6 AS lat FROM count;
      INSERT INTO cameras (n, id, area, class, owner, presence, is_complete, is_draft, is_retired, name, address, longitude, latitude, version, updated_at_ms)
        SELECT n, id, '${area}', class, '', 'unknown', n % 4 > 0, 0, 0, '点位 ' || n, '', lon, lat, 1, 1000 FROM made;
      INSERT INTO camera_documents (n, declared, findings) SELECT n, json_object('code', id, 'name', '点位 ' || n, 'area', '${area}', 'class', '' || class, 'longitude', printf('%.6f', lon), 'latitude', printf('%.6f', lat)), '[]' FROM made;
      DROP TABLE made`)
  })()
  raw.close()
}

const count = async (page: Page): Promise<number> => Number(/([\d,]+) 路有坐标/.exec(await page.locator('[aria-live=polite]').first().innerText())?.[1]?.replaceAll(',', '') ?? NaN)
const inView = async (page: Page): Promise<number> => Number(/视野内 ([\d,]+) 路/.exec(await page.locator('[aria-live=polite]').first().innerText())?.[1]?.replaceAll(',', '') ?? NaN)

async function cluster({ page }: House, t: Test): Promise<void> {
  await page.getByText('路有坐标').waitFor()
  await page.waitForFunction((wanted) => document.querySelector('[aria-live=polite]')?.textContent?.includes(wanted), '100,000')
  t.equal(await count(page), records)
  const began = Date.now()
  // Frames while the map is dragged and zoomed, as the browser draws them.
  const times = page.evaluate(() => new Promise<number[]>((resolve) => {
    const all: number[] = []
    let last = performance.now()
    const end = last + 6_000
    const frame = (now: number): void => {
      all.push(now - last)
      last = now
      if (now < end) requestAnimationFrame(frame)
      else resolve(all)
    }
    requestAnimationFrame(frame)
  }))
  const box = await page.locator('[data-map]').boundingBox()
  if (!box) throw new Error('the map has a place')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  for (const [dx, dy, wheel] of [[200, 60, -400], [-260, -90, -400], [120, 120, 500], [-100, 40, 300]] as const) {
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + dx, y + dy, { steps: 15 })
    await page.mouse.up()
    await page.mouse.wheel(0, wheel)
    await page.waitForTimeout(500)
  }
  const frames = (await times).slice(2).sort((a, b) => a - b)
  const [median = 0, p95 = 0, worst = 0] = [frames[frames.length >> 1], frames[Math.floor(frames.length * 0.95)], frames.at(-1)]
  t.comment(`${records} records, ${frames.length} frames: median ${median.toFixed(1)} ms, 95 % ${p95.toFixed(1)} ms, worst ${worst.toFixed(1)} ms; ${Date.now() - began} ms in all`)
  t.ok(median < 100 && worst < 3_000, 'the map can be moved')
}

async function openCluster({ page, service }: House, t: Test): Promise<void> {
  await page.goto(`${service.url}/map?at=118.8,32.35,11`)
  await page.waitForFunction(() => document.querySelector('[aria-live=polite]')?.textContent?.includes('视野内'))
  await page.waitForTimeout(500)
  const before = await inView(page)
  const box = await page.locator('[data-map]').boundingBox()
  if (!box) throw new Error('the map has a place')
  const zoomOf = (): number => Number(new URL(page.url()).searchParams.get('at')?.split(',')[2])
  // Somewhere near the middle there is a cluster to hit.
  for (const step of [0, 20, 40, -20, -40]) {
    await page.mouse.click(box.x + box.width / 2 + step, box.y + box.height / 2 + step)
    await page.waitForTimeout(700)
    if (zoomOf() > 11.5) break
  }
  t.ok(zoomOf() > 11.5, `a click opens a cluster: zoom ${zoomOf()}`)
  await page.waitForFunction((was) => Number(/视野内 ([\d,]+)/.exec(document.querySelector('[aria-live=polite]')?.textContent ?? '')?.[1]?.replaceAll(',', '')) < was, before)
  await page.getByLabel('颜色').selectOption('presence')
  await page.locator('[data-word=unknown]').waitFor()
  t.match(new URL(page.url()).searchParams.get('by'), 'presence')
  await page.getByLabel('颜色').selectOption('verdict')
  await page.locator('[data-word=review]').waitFor()
  await page.getByLabel(/^类别/).selectOption('2')
  await page.waitForFunction(() => Number(/([\d,]+) 路有坐标/.exec(document.querySelector('[aria-live=polite]')?.textContent ?? '')?.[1]?.replaceAll(',', '')) < 40_000)
  t.ok((await count(page)) > 25_000, 'a filter is the service’s')
  t.same(await faults(page), [])
}

async function selectAndMove({ page, service, context }: House, t: Test): Promise<void> {
  await page.goto(`${service.url}/map?at=118.8,32.35,15`)
  await page.waitForFunction(() => document.querySelector('[aria-live=polite]')?.textContent?.includes('视野内'))
  await page.waitForTimeout(500)
  const box = await page.locator('[data-map]').boundingBox()
  if (!box) throw new Error('the map has a place')
  const at = (dx: number, dy: number): [number, number] => [box.x + box.width / 2 + dx, box.y + box.height / 2 + dy]
  await page.getByRole('button', { name: '框选' }).click()
  await page.mouse.click(...at(-160, -120))
  await page.mouse.move(...at(0, 0), { steps: 4 })
  await page.mouse.click(...at(160, 120))
  await page.locator('[data-selection] li').first().waitFor()
  const chosen = Number(/已选 (\d+) 路/.exec(await page.locator('[data-selection] h2').innerText())?.[1])
  t.ok(chosen > 10, `a rectangle holds ${chosen}`)
  const ring = new URL(page.url()).searchParams.get('ring')
  t.ok(ring, 'and stands in the address')
  await page.reload()
  await page.locator('[data-selection] h2', { hasText: `已选 ${chosen} 路` }).waitFor()
  t.same(await faults(page), [])

  await page.getByRole('button', { name: '多边形选' }).click()
  for (const [dx, dy] of [[-150, 100], [0, -120]] as const) await page.mouse.click(...at(dx, dy))
  await page.mouse.dblclick(...at(150, 100))
  await page.waitForFunction((was) => new URL(location.href).searchParams.get('ring') !== was, ring)
  const fewer = async (): Promise<number> => Number(/已选 (\d+) 路/.exec(await page.locator('[data-selection] h2').innerText())?.[1])
  await page.waitForFunction((was) => !document.querySelector('[data-selection] h2')?.textContent?.includes(`已选 ${was} 路`), chosen)
  t.ok((await fewer()) > 0 && (await fewer()) < chosen, `a triangle holds ${await fewer()}`)

  // One of them is moved: nothing is written before the reason is there.
  const code = (await page.locator('[data-selection] li code').first().innerText()).trim()
  const before = await service.registry.camera(code)
  await page.locator('[data-selection] li').first().getByRole('button', { name: '移动点位' }).click()
  await page.getByLabel('经度').fill('118.812345')
  await page.getByLabel('纬度').fill('32.354321')
  await page.getByRole('button', { name: '确认移动' }).click()
  await page.getByText('请写明原因').waitFor()
  t.equal((await service.registry.camera(code))?.declared.longitude, before?.declared.longitude)
  await page.getByLabel('变更原因').fill('现场核对')
  await page.getByRole('button', { name: '确认移动' }).click()
  await page.getByText('已移动').waitFor()
  t.match((await service.registry.camera(code))?.declared, { longitude: '118.812345', latitude: '32.354321' })
  t.ok((await service.registry.history(code)).some(({ field, to, why, by }) => field === 'longitude' && to === '118.812345' && why === '现场核对' && by === 'admin'), 'with its reason in the history')
  await page.getByRole('button', { name: '撤销移动' }).click()
  await page.getByText('已移回原位置').waitFor()
  t.equal((await service.registry.camera(code))?.declared.longitude, before?.declared.longitude)
  const other = await context.request.get(`${service.url}/api/v1/cameras/within?ring=118.8,32.3,118.9,32.3,118.9,32.4&limit=5`)
  t.equal(other.status(), 200)
  await page.getByRole('button', { name: /看实时/ }).first().click()
  await page.waitForURL(/\/live\?n=/)
  t.pass('what was chosen is watched')
}

/** Tiles of one's own server; every request is counted. */
async function shifted(t: Test): Promise<void> {
  const asked: string[] = []
  const png = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#cfe3d4' } }).png().toBuffer()
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, { 'content-type': 'image/png' }).end(png)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const own = await house(t, {
    devices: [], registered: 0, path: '/map', environment: { YIJI_MAP_TILES: `http://127.0.0.1:${port}/{z}/{x}/{y}.png`, YIJI_MAP_DATUM: 'gcj02', YIJI_MAP_ATTRIBUTION: '自建底图 <b>' },
    before: async (service) => void (await service.registry.create({ code: '32011600001320000001', name: '路口', area, class: '1', longitude: '118.812345', latitude: '32.354321' }, 'test', 'one')),
  })
  await own.page.getByText('底图为 GCJ-02').waitFor()
  await own.page.getByText('自建底图 <b>').waitFor()
  await own.page.waitForTimeout(500)
  t.ok(asked.length > 0 && asked.every((url) => /^\/\d+\/\d+\/\d+\.png$/.test(url)), `${asked.length} tiles were asked for`)
  // A single point is where the shifted map has it, and its record where it was.
  const box = await own.page.locator('[data-map]').boundingBox()
  if (!box) throw new Error('the map has a place')
  await own.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await own.page.locator('[data-selection] li').waitFor()
  await own.page.getByRole('button', { name: '移动点位' }).click()
  t.equal(await own.page.getByLabel('经度').inputValue(), '118.812345')
  // The list beside it has made the map narrower; its middle is the point still.
  await own.page.waitForTimeout(300)
  const now = await own.page.locator('[data-map]').boundingBox()
  if (!now) throw new Error('the map has a place')
  await own.page.mouse.move(now.x + now.width / 2, now.y + now.height / 2)
  await own.page.mouse.down()
  await own.page.mouse.move(now.x + now.width / 2 + 50, now.y + now.height / 2, { steps: 5 })
  await own.page.mouse.up()
  await own.page.waitForFunction(() => [...document.querySelectorAll('input')].some((input) => /^118\.81/.test(input.value) && input.value !== '118.812345'))
  const [longitude, latitude] = [Number(await own.page.getByLabel('经度').inputValue()), Number(await own.page.getByLabel('纬度').inputValue())]
  t.ok(longitude > 118.812345 && Math.abs(latitude - 32.354321) < 2e-5, `dragged to the east alone: ${longitude}, ${latitude}`)
  // What is written is what was shown, and opened again the point lies in the middle.
  const shown = { longitude: await own.page.getByLabel('经度').inputValue(), latitude: await own.page.getByLabel('纬度').inputValue() }
  await own.page.getByLabel('变更原因').fill('现场核对')
  await own.page.getByRole('button', { name: '确认移动' }).click()
  await own.page.getByText('已移动').waitFor()
  t.match((await own.service.registry.camera('32011600001320000001'))?.declared, shown)
  await own.page.goto(`${own.service.url}/map`)
  await own.page.getByText('底图为 GCJ-02').waitFor()
  await own.page.waitForTimeout(500)
  const again = await own.page.locator('[data-map]').boundingBox()
  if (!again) throw new Error('the map has a place')
  await own.page.mouse.click(again.x + again.width / 2, again.y + again.height / 2)
  await own.page.locator('[data-selection] li').waitFor()
  t.same(own.complaints.filter((each) => !each.startsWith(`left for http://127.0.0.1:${port}/`)), [], 'and nobody else was asked')
}

inBrowser('the map', async (t) => {
  const all = await house(t, { devices: [], registered: 0, prepare: fill, path: '/map' })
  for (const part of [cluster, openCluster, selectAndMove]) await t.test(part.name, (t) => part(all, t))
  t.same(all.complaints, [])
  await t.test('shifted', shifted)
})
