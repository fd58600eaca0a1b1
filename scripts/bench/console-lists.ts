// The console over 100,000 records, in a real browser on loopback, the service in a process of its own: how soon the first page and the list can be used,
// what the browser fetches for it, and how many frames a second a list of 500 rows scrolls at. Aims of issue 7: 1.5 s, 400 kB, 60 frames.
// The compositor of a headless browser without a graphics card is the slowest there is. FIND_DATA names a folder to keep the records in.
import { chromium, type Page } from 'playwright-core'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/index.ts'
import type { Camera, Fields } from '../../src/registry/index.ts'
import { openStore } from '../../src/store/index.ts'

const records = Number(process.env['RECORDS'] ?? 100_000)
const password = 'a password of the bench'
const rounds = Number(process.env['ROUNDS'] ?? 5)

function cameraOf(n: number): Camera {
  const id = `32011600001320${String(n).padStart(6, '0')}`
  const declared: Fields = {
    code: id, area: '320116', name: `雄州路口${n}号`, class: String((n % 3) + 1), managementUnit: '南京市公安局六合分局', functionType: '5', address: `南京市六合区雄州街道${n}号`, longitude: (118.2 + (n % 1000) / 1e3).toFixed(6), latitude: (31.9 + (n % 700) / 1e3).toFixed(6),
    policeUnit: '320116510000', networking: 'networked', installedAt: '2021-05-01', recordDays: '30', status: '1', encoding: '2', model: 'DS-2CD3T47', ipv4: `10.1.${Math.floor(n / 250) % 250}.${n % 250}`,
  }
  return { id, declared, isRetired: false, isDraft: false, presence: 'unknown', findings: [], version: 1, updatedAtMs: 1_700_000_000_000 + n * 1000 }
}

async function fill(file: string): Promise<void> {
  const store = await openStore({ file, clock: systemClock })
  for (let from = 0; from < records; from += 1000) await store.registry.saveCameras(Array.from({ length: Math.min(1000, records - from) }, (_none, n) => cameraOf(from + n)), [])
  await store.close()
}

/** From the navigation to what people look at, drawn. What runs in the page is text: these scripts are checked without a browser's types. */
async function usable(page: Page, url: string, until: string): Promise<number> {
  await page.goto('about:blank')
  await page.goto(url, { waitUntil: 'commit' })
  await page.locator(until).first().waitFor()
  return page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))')
}

/** What the page's own thread has computed since it was opened, ms: on a machine that does other things too that is the figure to compare. `watch` before the page is led anywhere. */
async function watch(page: Page): Promise<() => Promise<{ readonly all: number; readonly script: number; readonly style: number }>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const of = (name: string): number => (metrics.find((metric) => metric.name === name)?.value ?? NaN) * 1000
    return { all: of('TaskDuration'), script: of('ScriptDuration'), style: of('LayoutDuration') + of('RecalcStyleDuration') }
  }
}

/** Frames of a list that is scrolled steadily, 1200 pixels a second for four seconds. */
const frames = (page: Page): Promise<{ fps: number; worstMs: number; count: number }> =>
  page.evaluate(`new Promise((done) => {
    const list = document.querySelector('table.records').parentElement
    const steps = []
    const began = performance.now()
    let before = began
    const step = (now) => {
      steps.push(now - before)
      before = now
      list.scrollTop = ((now - began) / 1000) * 1200
      if (now - began < 4000) requestAnimationFrame(step)
      else done({ fps: (steps.length / (now - began)) * 1000, worstMs: Math.max(...steps.slice(2)), count: steps.length })
    }
    requestAnimationFrame(step)
  })`)

export async function run(): Promise<void> {
  const browserFile = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))
  if (browserFile === undefined) throw new Error('no Chromium found: set CHROMIUM to its path')
  const kept = process.env['FIND_DATA']
  if (kept !== undefined) mkdirSync(kept, { recursive: true })
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'yiji-console-bench-'))
  if (!existsSync(join(folder, 'yiji.sqlite'))) await fill(join(folder, 'yiji.sqlite'))
  const environment = { PATH: process.env['PATH'] ?? '', YIJI_DATA_DIR: folder, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'error' }
  const service = spawn(process.execPath, ['--max-semi-space-size=8', 'bin/yiji.js', 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const browser = await chromium.launch({ executablePath: browserFile, args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = ''
      service.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const found = /console (http:\S+?),/.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
      service.once('exit', () => reject(new Error('the service ended')))
    })
    for (const [name, path, until] of [['first page', '/', 'table.classes'], ['list', '/cameras', 'table.records tbody tr'], ['findings', '/findings', 'main .card']] as const) {
      const cold: number[] = []
      const warm: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
        await context.request.post(`${url}/api/v1/session`, { data: { name: 'admin', password }, headers: { origin: url } })
        const page = await context.newPage()
        const computed = await watch(page)
        cold.push(await usable(page, url + path, until))
        const { all, script, style } = await computed()
        warm.push(await usable(page, url + path, until))
        if (round === 0) {
          const bytes = await page.evaluate<number>("performance.getEntriesByType('resource').reduce((sum, entry) => sum + entry.encodedBodySize, 0)")
          const asked = await page.evaluate<readonly [string, number][]>("performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/')).map((entry) => [new URL(entry.name).pathname.replace('/api/v1', ''), Math.round(entry.responseEnd - entry.requestStart)])")
          process.stdout.write(`${name}: asked the service ${asked.map(([path, ms]) => `${path} ${ms} ms`).join(', ')}\n`)
          process.stdout.write(`${name}: ${(bytes / 1000).toFixed(0)} kB as sent, computed in the page ${all.toFixed(0)} ms, of it script ${script.toFixed(0)}, style and layout ${style.toFixed(0)}\n`)
        }
        await context.close()
      }
      const middle = (all: number[]): string => (all.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? NaN).toFixed(0)
      process.stdout.write(`${name}: usable after ${middle(cold)} ms with an empty cache, ${middle(warm)} ms with a full one (medians of ${rounds}; ${records} records)\n`)
    }
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    await context.addInitScript(() => localStorage.setItem('yiji.page-size', '500'))
    await context.request.post(`${url}/api/v1/session`, { data: { name: 'admin', password }, headers: { origin: url } })
    const page = await context.newPage()
    const computed = await watch(page)
    await page.goto(`${url}/cameras`)
    await page.locator('table.records tbody tr').nth(20).waitFor()
    const first = await computed()
    process.stdout.write(`list of 500 rows: to be read with ${first.all.toFixed(0)} ms computed in the page\n`)
    await page.locator('table.records tbody tr').nth(499).waitFor()
    await page.waitForTimeout(1000)
    const before = await computed()
    process.stdout.write(`list of 500 rows: the whole of it drawn with ${before.all.toFixed(0)} ms\n`)
    const { fps, worstMs, count } = await frames(page)
    const after = await computed()
    process.stdout.write(`list of 500 rows: ${fps.toFixed(1)} frames a second, longest ${worstMs.toFixed(0)} ms; ${((after.all - before.all) / count).toFixed(1)} ms of its thread for each, script ${((after.script - before.script) / count).toFixed(1)}, style and layout ${((after.style - before.style) / count).toFixed(1)} (a sixtieth of a second is 16.7)\n`)
  } finally {
    await browser.close()
    service.kill('SIGTERM')
    await new Promise((resolve) => service.once('exit', resolve))
    if (kept === undefined) rmSync(folder, { recursive: true })
  }
}
