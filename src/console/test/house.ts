// What tests of the console share: the real service over a real database, the built pages, a real browser. No camera: those tests have a fleet of their own.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog, systemRandom } from '../../base/index.ts'
import { loadConfig } from '../../config.ts'
import type { Fields } from '../../registry/index.ts'
import { startService, type Service } from '../../service/start.ts'
import { area, browserFile, password } from './browser.ts'

export { area, password }

const consoleDir = fileURLToPath(new URL('..', import.meta.url))
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const patienceMs = 60_000

/** A bound on what one file may take on a busy machine; nothing is measured by it. */
export function browserTest(name: string, work: (t: Test, file: string) => Promise<void>): void {
  if (browserFile === undefined) {
    const words = 'browser test skipped: no Chromium found (set CHROMIUM to its path)'
    process.stderr.write(`${words}\n`)
    t.plan(0, words)
    return
  }
  const file = browserFile
  t.setTimeout(400_000)
  void t.test(name, (own) => work(own, file))
}

export interface House {
  readonly service: () => Service
  readonly url: string
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  /** What no page may do: a request to elsewhere, an error in the console that is not the browser's note on a refusal we asked for. */
  readonly complaints: string[]
  readonly stop: () => Promise<void>
  /** On the same data and the same port. */
  readonly start: () => Promise<void>
  readonly signIn: (page: Page, name?: string, secret?: string) => Promise<void>
}

/** A whole record without a finding of severity error. */
export const record = (n: number, more: Fields = {}): Fields => ({
  code: `320116000013200${String(n).padStart(5, '0')}`, name: `路口${n}`, manufacturer: '1', area, class: String((n % 3) + 1), functionType: '5', address: `雄州街道${n}号`, longitude: `118.84${String(1000 + n).slice(-4)}1`, latitude: `32.34${String(1000 + n).slice(-4)}1`,
  positionType: '4', networking: 'networked', policeUnit: '320116510000', installedAt: '2024-05-01', managementUnit: '六合分局', contact: '025-55550100', recordDays: '90', status: '1', builtBy: '1', ...more,
})

export async function openHouse(test: Test, file: string): Promise<House> {
  await buildConsole()
  const dataDir = await mkdtemp(join(tmpdir(), 'yiji-console-'))
  test.teardown(() => rm(dataDir, { recursive: true, force: true }))
  const first = 20_000 + 2 * (systemRandom(2).readUInt16BE() % 5_900)
  const begin = (port: string): Promise<Service> =>
    startService(loadConfig({ YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: port, YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_MEDIA_PORTS: `${first}-${first + 99}`, YIJI_ADMIN_PASSWORD: password }, join(dataDir, 'no-file.yaml')), silentLog)
  let service = await begin('0')
  const { url } = service
  test.teardown(() => service.close())
  const browser = await chromium.launch({ executablePath: file, args: flags })
  test.teardown(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true })
  context.setDefaultTimeout(patienceMs)
  const complaints: string[] = []
  context.on('page', (page) => listen(page, url, complaints))
  const page = await context.newPage()
  return {
    service: () => service, url, browser, context, page, complaints,
    stop: () => service.close(),
    start: async () => void (service = await begin(new URL(url).port)),
    signIn: async (on, name = 'admin', secret = password) => {
      await on.getByLabel('账号', { exact: true }).fill(name)
      await on.getByLabel('密码', { exact: true }).fill(secret)
      await on.getByRole('button', { name: '登录', exact: true }).click()
      await on.locator('#login-password').waitFor({ state: 'detached' })
    },
  }
}

function listen(page: Page, url: string, complaints: string[]): void {
  page.on('request', (request) => {
    if (!/^(data|blob|about):/.test(request.url()) && new URL(request.url()).origin !== url) complaints.push(`left for ${request.url()}`)
    if (request.url().includes('stolen')) complaints.push('a name was taken for markup')
  })
  page.on('console', (message) => {
    if ((message.type() === 'error' && !message.text().startsWith('Failed to load resource')) || /Vue warn|intlify/i.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(`${error.message} ${error.stack ?? ''}`))
}

/** As `npm run build` does, unless that was done. */
async function buildConsole(): Promise<void> {
  if (existsSync(join(consoleDir, '../../dist/console/index.html'))) return
  const { build } = await import('vite')
  await build({ configFile: join(consoleDir, 'vite.config.ts'), logLevel: 'warn' })
}
