// What the tests of the pages share: the real service with a simulated fleet behind it, and a real Chromium that is logged in and may go nowhere else.
import { violationsOf } from './axe.ts'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog, systemClock, systemRandom } from '../../base/index.ts'
import { clipCacheDir } from '../../commands/simulate.ts'
import { loadConfig } from '../../config.ts'
import { startService, type Service } from '../../service/start.ts'
import { clipsFor, startFleet, type OpenFleet, type Scenario, type ScenarioChannel, type ScenarioDevice } from '../../simulator/index.ts'

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const given = process.env['CHROMIUM']
export const browserFile = (given === undefined ? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] : [given]).find((file) => existsSync(file))
export const area = '320116'
export const password = 'console-test-password'
export const sipId = `${area}00002000000009`
const devicePassword = 'device-password'
const patienceMs = 30_000

/** A camera that is its own device: code, name, and what is odd about it. */
export function camera(n: number, name: string, more: { readonly class?: string; readonly codec?: 'h264' | 'h265'; readonly fault?: ScenarioChannel['fault']; readonly registers?: boolean } = {}): ScenarioDevice {
  const id = `320116000013200009${String(n).padStart(2, '0')}`
  const pointClass = more.class ?? '1'
  const record = {
    code: id, name, manufacturer: '1', area, class: pointClass, functionType: '5', address: '雄州街道', longitude: (118.8 + n / 100).toFixed(6), latitude: (32.3 + n / 100).toFixed(6), positionType: '4', networking: 'networked',
    policeUnit: '320116510000', installedAt: '2024-05-01', managementUnit: '六合分局', contact: '025-55550100', recordDays: '30', status: '1', builtBy: '1',
  }
  const channel = { id, name, codec: more.codec ?? 'h264', picture: 'street', fault: more.fault ?? 'ok', record, truth: { result: 'pass', reasons: [], fault: 'none' } } as const
  return { id, kind: 'camera', registers: more.registers ?? true, signalling: 'udp', media: 'udp', charset: 'gb2312', edition: '2022', channels: [channel] }
}

export interface House {
  readonly service: Service
  readonly fleet: OpenFleet
  readonly context: BrowserContext
  readonly page: Page
  /** What no page may do: a request to elsewhere, an error in the console that is not the browser's note on a refusal we asked for. */
  readonly complaints: string[]
}

export interface HouseOptions {
  readonly devices: readonly ScenarioDevice[]
  readonly environment?: Readonly<Record<string, string>>
  /** Who waits for approval is no success of the fleet. */
  readonly registered?: number
  readonly before?: (service: Service) => Promise<void>
  /** Into the folder that the service will open. */
  readonly prepare?: (dataDir: string) => Promise<void>
  readonly path?: string
}

export async function house(test: Test, options: HouseOptions): Promise<House> {
  if (browserFile === undefined) throw new Error('there is a browser where this is called')
  await buildConsole()
  const scenario: Scenario = { name: 'console', area, password: devicePassword, keepaliveS: 10, devices: options.devices }
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 2 })
  const dataDir = await mkdtemp(join(tmpdir(), 'yiji-console-'))
  test.teardown(() => rm(dataDir, { recursive: true, force: true }))
  const first = 20_000 + 2 * (systemRandom(2).readUInt16BE() % 5_900)
  const config = loadConfig(
    {
      YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password, YIJI_MEDIA_PORTS: `${first}-${first + 199}`, YIJI_ADMIN_PASSWORD: password,
      ...options.environment,
    },
    join(dataDir, 'no-file.yaml'),
  )
  await options.prepare?.(dataDir)
  const service = await startService(config, silentLog)
  for (const device of scenario.devices) for (const channel of device.channels) await service.registry.create(channel.record, 'test', 'for the console')
  await options.before?.(service)
  const fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog })
  // The service first: its BYEs find cameras that still answer.
  test.teardown(async () => {
    await service.close()
    await fleet.close()
  })
  test.equal((await fleet.registered).registered, options.registered ?? scenario.devices.filter(({ registers }) => registers).length)

  const browser = await chromium.launch({ executablePath: browserFile, args: flags })
  // A browser that watches would hold the service's close until it has gone: tear-downs run in reverse order.
  test.teardown(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true })
  context.setDefaultTimeout(patienceMs)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== service.url) complaints.push(`left for ${request.url()}`)
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  const answer = await context.request.post(`${service.url}/api/v1/session`, { data: { name: 'admin', password, want: 'cookie' } })
  test.equal(answer.status(), 200)
  await page.goto(`${service.url}${options.path ?? '/'}`)
  return { service, fleet, context, page, complaints }
}

/** As `npm run build` does, unless that was done. */
async function buildConsole(): Promise<void> {
  if (existsSync(fileURLToPath(new URL('../../../dist/console/index.html', import.meta.url)))) return
  const { build } = await import('vite')
  await build({ configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)), logLevel: 'warn' })
}

/** Runs the parts in turn, or says that there is no browser. */
export function inBrowser(name: string, run: (test: Test) => Promise<void>): void {
  if (browserFile === undefined) {
    const words = 'browser test skipped: no Chromium found (set CHROMIUM to its path)'
    process.stderr.write(`${words}\n`)
    t.plan(0, words)
  } else t.test(name, run)
}

/** What axe-core finds grave on the page as it is, and of its colours in the dark. */
export async function faults(page: Page): Promise<readonly string[]> {
  const found = [...(await violationsOf(page))]
  if (!(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))) {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html.dark').waitFor({ state: 'attached' })
    found.push(...(await violationsOf(page, ['color-contrast'])))
    await page.emulateMedia({ colorScheme: 'light' })
    await page.locator('html:not(.dark)').waitFor({ state: 'attached' })
  }
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`).join(' | ')}`)
}
