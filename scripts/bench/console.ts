// The live wall in a real browser over simulated cameras: from the click to the first picture for a camera that streams already and for one that has to be asked, beside
// what the camera itself takes; sixteen views of 640 × 360 at once; and the map's clusters over a hundred thousand records.
// Scripts inside the page are text: what runs here knows no DOM. Aims of issue 7: 1 s after the click for a camera already streaming, 0.5 s more than the camera's own response otherwise, sixteen views that go on.
import { chromium, type Page } from 'playwright-core'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manualClock, seededBytes, silentLog, systemClock, systemRandom } from '../../src/base/index.ts'
import { loadConfig } from '../../src/config.ts'
import { clusterPoints, createPoints, type PointRow } from '../../src/registry/points/index.ts'
import { startService } from '../../src/service/start.ts'
import { startFleet, type Scenario, type ScenarioDevice } from '../../src/simulator/index.ts'
import { clipKey, makeClips } from '../../src/simulator/io/clips.ts'
import { clipCacheDir } from '../../src/commands/simulate.ts'

const views = 16
const password = 'a password of the bench'
const sipId = '32011600002000000009'
const format = { width: 640, height: 360, fps: 25, seconds: 6, startS: 36_000 } as const
const times = 5

const device = (n: number): ScenarioDevice => {
  const id = `32011600001320009${String(n).padStart(3, '0')}`
  const channel = { id, name: `路口 ${n}`, codec: 'h264', picture: 'street', fault: 'ok', record: { code: id, name: `路口 ${n}`, area: '320116', class: '1' }, truth: { result: 'pass', reasons: [], fault: 'none' } } as const
  return { id, kind: 'camera', registers: true, signalling: 'udp', media: 'udp', charset: 'gb2312', edition: '2022', channels: [channel] }
}

export async function run(): Promise<void> {
  await clusters()
  const chromiumFile = [process.env['CHROMIUM'] ?? '/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => existsSync(file))
  if (chromiumFile === undefined) return void process.stdout.write('no Chromium found (set CHROMIUM to its path): the wall is not measured\n')
  if (!existsSync(fileURLToPath(new URL('../../dist/console/index.html', import.meta.url)))) return void process.stdout.write('the console is not built: npm run build\n')
  const devices = Array.from({ length: views + 2 * times }, (_, n) => device(n + 1))
  const clips = await makeClips([{ kind: 'street', codec: 'h264', ...format }], { cacheDir: clipCacheDir, children: 1 })
  if (!clips.has(clipKey({ kind: 'street', codec: 'h264' }))) throw new Error('no clip')
  const scenario: Scenario = { name: 'bench', area: '320116', password: 'device-password', keepaliveS: 30, devices }
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-bench-console-'))
  const environment = { YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password, YIJI_MEDIA_PORTS: '24000-24299', YIJI_ADMIN_PASSWORD: password }
  const service = await startService(loadConfig(environment, join(dataDir, 'none.yaml')), silentLog)
  for (const { channels } of devices) for (const { record } of channels) await service.registry.create(record, 'bench', '')
  const fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog })
  await fleet.registered
  const browser = await chromium.launch({ executablePath: chromiumFile, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } })
    await context.request.post(`${service.url}/api/v1/session`, { data: { name: 'admin', password, want: 'cookie' } })
    const page = await context.newPage()
    await page.goto(`${service.url}/live?n=4`)
    await page.locator('[data-camera]').first().waitFor()
    const codes = devices.map(({ id }) => id)

    // What the camera itself takes, and what it takes to see it: each camera asked for the first time.
    const [asked, seen, again]: number[][] = [[], [], []]
    for (let n = 0; n < times; n++) {
      asked?.push(await answerOf(context, service.url, codes[views + n] ?? ''))
      const code = codes[views + times + n] ?? ''
      seen?.push(await clickToPicture(page, service.url, code))
      again?.push(await clickToPicture(page, service.url, code))
    }
    tell('a camera’s own response (stream opened without a browser)', asked ?? [])
    tell('click to picture, camera asked for it', seen ?? [], Math.round(median(asked ?? []) + 500))
    tell('click to picture, camera already streaming', again ?? [], 1000)

    await page.goto(`${service.url}/live?n=16&v=${codes.slice(0, views).join(',')}`)
    const began = performance.now()
    // A page under its policy evaluates nothing by itself: it is asked again and again.
    while ((await page.evaluate<number>(`[...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0 && video.currentTime > 0).length`)) < views && performance.now() - began < 60_000) await page.waitForTimeout(50)
    const whole = performance.now() - began
    const before = await framesOf(page)
    await page.waitForTimeout(10_000)
    const after = await framesOf(page)
    const rates = after.map(({ shown, at }, n) => ({ fps: (shown - (before[n]?.shown ?? 0)) / 10, speed: (at - (before[n]?.at ?? 0)) / 10, dropped: (after[n]?.dropped ?? 0) - (before[n]?.dropped ?? 0) }))
    process.stdout.write(`${views} views of ${format.width} × ${format.height}: all there after ${whole.toFixed(0)} ms; of 25 frames a second each shows ${Math.min(...rates.map(({ fps }) => fps)).toFixed(1)} to ${Math.max(...rates.map(({ fps }) => fps)).toFixed(1)}, time goes on at ${Math.min(...rates.map(({ speed }) => speed)).toFixed(2)} to ${Math.max(...rates.map(({ speed }) => speed)).toFixed(2)} of real time; ${rates.reduce((sum, { dropped }) => sum + dropped, 0)} dropped\n`)
  } finally {
    await browser.close()
    await service.close()
    await fleet.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] ?? NaN
const tell = (what: string, all: readonly number[], aim?: number): void => void process.stdout.write(`${what}: median ${median(all).toFixed(0)} ms, worst ${Math.max(...all).toFixed(0)} ms${aim === undefined ? '' : `, aim ${aim} ms${median(all) > aim ? '  MISSED' : ''}`}\n`)

/** INVITE, 200, first keyframe: the head of the FLV comes when the stream is live. */
async function answerOf(context: { readonly request: { readonly storageState: () => Promise<{ readonly cookies: readonly { readonly name: string; readonly value: string }[] }> } }, url: string, code: string): Promise<number> {
  const { cookies } = await context.request.storageState()
  const abort = new AbortController()
  const from = performance.now()
  const response = await fetch(`${url}/api/v1/live/${code}.flv?sound=0`, { headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }, signal: abort.signal })
  await response.body?.getReader().read()
  const ms = performance.now() - from
  abort.abort()
  return ms
}

/** A camera put on the wall by a click in its list, from the click to the first frame that is drawn; then taken off. */
async function clickToPicture(page: Page, url: string, code: string): Promise<number> {
  await page.goto(`${url}/live?n=1`)
  await page.locator(`[data-camera="${code}"]`).waitFor()
  return page.evaluate<number>(`new Promise((resolve) => {
    const from = performance.now()
    document.querySelector('[data-camera="${code}"]').click()
    const look = () => {
      const video = document.querySelector('video')
      if (video) video.requestVideoFrameCallback(() => resolve(performance.now() - from))
      else requestAnimationFrame(look)
    }
    look()
  })`)
}

const framesOf = (page: Page): Promise<{ shown: number; dropped: number; at: number }[]> =>
  page.evaluate(`[...document.querySelectorAll('video')].map((video) => {
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality()
    return { shown: totalVideoFrames - droppedVideoFrames, dropped: droppedVideoFrames, at: video.currentTime }
  })`)

/** What the service computes for one look at the map. */
async function clusters(): Promise<void> {
  const random = seededBytes(7)
  const next = (below: number): number => random(4).readUInt32BE() % below
  const rows: PointRow[] = Array.from({ length: 100_000 }, (_, at) => ({
    n: at + 1, id: `3201160000132${String(at).padStart(7, '0')}`, longitude: 118.2 + next(1_000_000) / 1e6, latitude: 31.9 + next(700_000) / 1e6, area: '320116', class: String(1 + next(3)), presence: 'online', isComplete: true, isDraft: false, isRetired: false, updatedAtMs: 1,
  }))
  const points = createPoints({ store: { pointsAfter: async (n, limit) => rows.slice(n, n + limit), pointsChanged: async () => [] }, clock: manualClock(), turn: () => Promise.resolve() })
  const table = await points()
  for (const zoom of [8, 10, 12, 14]) {
    const all: number[] = []
    let items = 0
    for (let n = 0; n < 20; n++) {
      const from = performance.now()
      items = clusterPoints(table, { zoom, by: 'presence', filter: { area: '' } }, new Map()).items.length
      all.push(performance.now() - from)
    }
    process.stdout.write(`clusters of ${rows.length} points at zoom ${zoom}: ${items} in ${median(all).toFixed(1)} ms\n`)
  }
}
