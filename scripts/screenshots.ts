// Pictures of every page of the console in both languages, light and dark, over the real service with simulated cameras: `npm run screenshots`.
// They are for looking at; what the documents show is chosen from them by hand. `--only live,device` makes some, by their whole names; `--lang en` those of one
// language; `--resume` leaves out what is there already. A page that did not show what it is for is named at the end, and the command ends with 1.
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { silentLog, systemClock, systemRandom } from '../src/base/index.ts'
import { clipCacheDir } from '../src/commands/simulate.ts'
import { loadConfig } from '../src/config.ts'
import { startService, type Service } from '../src/service/start.ts'
import { clipsFor, startFleet, type Scenario } from '../src/simulator/index.ts'
import { area, fill, scenarioOf } from './screenshots/scene.ts'

const { values: options } = parseArgs({ options: { out: { type: 'string', default: 'out/screenshots' }, only: { type: 'string', default: '' }, lang: { type: 'string', default: 'zh,en' }, sort: { type: 'string', default: 'light,dark,phone' }, resume: { type: 'boolean', default: false } } })
const wanted = options.only.split(',').filter((name) => name !== '')
/** Light: every page. Dark: every page. A phone: what is used on one. */
const sorts = { light: { width: 1280, height: 800, isDark: false }, dark: { width: 1600, height: 900, isDark: true }, phone: { width: 390, height: 844, isDark: false } } as const
type Sort = keyof typeof sorts
const onPhone = new Set(['home', 'live', 'inspection', 'check', 'inspections', 'report', 'cameras', 'camera', 'login', 'wall'])
const mostMs = 40_000
const password = 'screenshot-password'
const browserFile = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))

interface Shot {
  readonly name: string
  readonly path: string
  /** Until the page shows what it is for. */
  readonly until: string
  readonly act?: (page: Page) => Promise<unknown>
  /** Fonts, drawers and first frames come to rest; the picture of a camera or a map takes longer. */
  readonly restMs?: number
  /** As nobody. */
  readonly isOpen?: true
}

const shots = (made: Awaited<ReturnType<typeof fill>>, camera: string, inspection: string): readonly Shot[] => [
  { name: 'home', path: '/', until: 'table.classes' },
  { name: 'cameras', path: '/cameras', until: 'table.records tbody tr' },
  { name: 'cameras-selected', path: '/cameras?complete=false', until: 'table.records tbody tr', act: (page) => page.locator('tbody input[type=checkbox]').nth(1).check() },
  { name: 'camera', path: `/cameras/${camera}`, until: 'table.sides tbody tr' },
  { name: 'camera-findings', path: `/cameras/${made.troubled}?tab=findings`, until: '.all li' },
  { name: 'camera-history', path: `/cameras/${made.troubled}?tab=history`, until: 'table.changes' },
  { name: 'camera-presence', path: `/cameras/${camera}?tab=presence`, until: '.line' },
  { name: 'camera-edit', path: `/cameras/${made.troubled}/edit`, until: '[data-field]' },
  { name: 'findings', path: '/findings', until: 'table.list tbody tr' },
  { name: 'finding', path: `/findings/${made.finding}`, until: 'dl.facts' },
  { name: 'imports', path: '/imports', until: 'table.list tbody tr' },
  { name: 'import', path: `/imports/${made.imported}`, until: '.steps' },
  { name: 'map', path: '/map', until: 'canvas', restMs: 3_000 },
  { name: 'wall', path: '/live', until: 'main *' },
  { name: 'streams', path: '/live/streams', until: 'main *' },
  { name: 'live', path: `/live/${camera}`, until: 'video', restMs: 3_000 },
  { name: 'playback', path: `/playback/${camera}`, until: 'main h1' },
  { name: 'devices', path: '/devices', until: 'table.list tbody tr' },
  { name: 'device', path: `/devices/${camera}`, until: '.el-drawer dl' },
  { name: 'inspections', path: '/inspections', until: 'table.list tbody tr' },
  { name: 'inspection', path: `/inspections/${inspection}`, until: '[data-stage=done]' },
  { name: 'check', path: `/inspections/${inspection}/checks/1`, until: '.el-drawer' },
  { name: 'rules', path: '/admin/rules', until: 'table.list tbody tr' },
  { name: 'rule-set', path: '/admin/rules/default', until: 'table.figures' },
  { name: 'rule-set-differences', path: '/admin/rules/liuhe/2?tab=differences', until: '[data-differences]' },
  { name: 'rule-set-edit', path: '/admin/rules/liuhe/2/edit', until: '[data-figure]', act: (page) => page.locator('[data-figure="timeouts.firstPacketMs"] input').fill('20000').then(() => page.locator('#rules-note').fill('首包上限收紧')).then(() => page.locator('aside button[type=submit]').click()) },
  { name: 'keeping', path: '/admin/keeping', until: 'dl.facts' },
  { name: 'exemptions', path: '/admin/exemptions', until: 'main .card' },
  { name: 'inspection-new', path: '/inspections?new=yes', until: 'form' },
  { name: 'accounts', path: '/admin/accounts', until: 'table.list tbody tr' },
  { name: 'audit', path: '/admin/audit', until: 'table.list tbody tr' },
  { name: 'system', path: '/admin/system', until: 'dl.facts' },
  { name: 'account', path: '/account', until: 'form' },
  { name: 'after', path: `/inspections/${inspection}/after`, until: 'main .card' },
  { name: 'review', path: `/inspections/${inspection}/review`, until: 'main .card' },
  { name: 'report', path: `/api/v1/inspections/${inspection}/report.html?lang=LANG`, until: 'table' },
  { name: 'district', path: '/reports/district', until: 'main .card' },
  { name: 'nowhere', path: '/nowhere', until: '.note' },
  { name: 'missing', path: '/cameras/32011600001320999999', until: '.note' },
  { name: 'login', path: '/login', until: 'form', isOpen: true },
]

/** A page that goes wrong is pictured as it is, and counted. */
async function picture(context: BrowserContext, url: string, shot: Shot, file: string): Promise<string | undefined> {
  const page = await context.newPage()
  try {
    await page.goto(url + shot.path)
    await page.locator(shot.until).first().waitFor({ timeout: mostMs })
    await shot.act?.(page)
    await page.waitForTimeout(shot.restMs ?? 500)
    await page.screenshot({ path: file, animations: 'disabled' })
    return undefined
  } catch (error) {
    await page.screenshot({ path: file, animations: 'disabled' }).catch(() => undefined)
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  } finally {
    await page.close()
  }
}

async function inspectOnce(service: Service): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const session = (await (await fetch(`${service.url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify({ name: 'admin', password, want: 'token' }) })).json()) as { token: string }
  const own = { ...headers, authorization: `Bearer ${session.token}` }
  const begun = (await (await fetch(`${service.url}/api/v1/inspections`, { method: 'POST', headers: own, body: JSON.stringify({ area, seed: '0123456789abcdef', strata: ['1', '2', '3'].map((pointClass) => ({ class: pointClass, count: 1 })) }) })).json()) as { id: string }
  for (let tries = 0; tries < 240; tries += 1) {
    const now = (await (await fetch(`${service.url}/api/v1/inspections/${begun.id}`, { headers: own })).json()) as { state: string }
    if (now.state !== 'running') break
    await new Promise((done) => setTimeout(done, 500))
  }
  await fetch(`${service.url}/api/v1/inspections/${begun.id}/holds`, { method: 'POST', headers: own, body: JSON.stringify({ n: 1, reason: '管理单位已提出申诉' }) })
  const shipped = (await (await fetch(`${service.url}/api/v1/rule-sets/default`, { headers: own })).json()) as { strata: readonly { class: string; count: number }[] }
  const city = { ...shipped, name: 'liuhe', title: { zh: '六合区规则', en: 'Rules of Liuhe' }, response: { slowMs: 3_000 } }
  for (const [rules, note] of [[city, '按区办通知试行，出图时间从严'], [{ ...city, strata: shipped.strata.map((each) => ({ ...each, count: each.class === '2' ? 8 : each.count })), clock: { maxOffsetS: 10 } }, '二类点位多抽三路，校时容差按市局通知']] as const) await fetch(`${service.url}/api/v1/rule-sets`, { method: 'POST', headers: own, body: JSON.stringify({ rules, note }) })
  return begun.id
}

async function main(file: string): Promise<void> {
  const out = resolve(options.out)
  const failures: string[] = []
  const dataDir = await mkdtemp(join(tmpdir(), 'yiji-screenshots-'))
  const first = 20_000 + 2 * (systemRandom(2).readUInt16BE() % 5_900)
  const sipId = `${area}00002000000009`
  const scenario: Scenario = scenarioOf()
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 2 })
  const service = await startService(
    loadConfig({ YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password, YIJI_MEDIA_PORTS: `${first}-${first + 99}`, YIJI_ADMIN_PASSWORD: password }, join(dataDir, 'no-file.yaml')),
    silentLog,
  )
  const made = await fill(service, password)
  const fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog })
  await fleet.registered
  const camera = scenario.devices[0]?.channels[0]?.id ?? ''
  const inspection = await inspectOnce(service)
  const browser = await chromium.launch({ executablePath: file, args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
  try {
    for (const lang of options.lang.split(',')) {
      for (const sort of options.sort.split(',').filter((each): each is Sort => each in sorts)) {
        const folder = join(out, `${lang}-${sort}`)
        await mkdir(folder, { recursive: true })
        const { isDark, ...viewport } = sorts[sort]
        const open = async (): Promise<BrowserContext> => {
          const context = await browser.newContext({ viewport, colorScheme: isDark ? 'dark' : 'light' })
          context.setDefaultTimeout(mostMs)
          await context.addInitScript((chosen) => localStorage.setItem('yiji.lang', chosen), lang)
          return context
        }
        const [context, nobody] = [await open(), await open()]
        await context.request.post(`${service.url}/api/v1/session`, { data: { name: 'admin', password }, headers: { origin: service.url } })
        for (const shot of shots(made, camera, inspection)) {
          const file = join(folder, `${shot.name}.png`)
          if ((wanted.length > 0 && !wanted.includes(shot.name)) || (sort === 'phone' && !onPhone.has(shot.name)) || (options.resume && existsSync(file))) continue
          const why = await picture(shot.isOpen ? nobody : context, service.url, { ...shot, path: shot.path.replace('LANG', lang) }, file)
          if (why !== undefined) failures.push(`${lang}-${sort}/${shot.name}: ${why}`)
        }
        await Promise.all([context.close(), nobody.close()])
      }
    }
  } finally {
    await browser.close()
    await service.close()
    await fleet.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  for (const failure of failures) process.stderr.write(`${failure}\n`)
  if (failures.length > 0) process.exitCode = 1
  process.stdout.write(`${out}\n`)
}

if (browserFile === undefined) {
  process.stderr.write('no Chromium found: set CHROMIUM to its path\n')
  process.exitCode = 2
} else await main(browserFile)
