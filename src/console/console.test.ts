// A day in the real pages, over the real service and a simulated fleet: log in, find a camera, watch it, run the 10/5/5 check with a restart of the service in its
// middle, review one, change the rules and try them on the recordings; another language, another role.
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog, systemClock, systemRandom } from '../base/index.ts'
import { clipCacheDir } from '../commands/simulate.ts'
import { loadConfig } from '../config.ts'
import { startService, type Service } from '../service/start.ts'
import { clipsFor, startFleet, type Scenario, type ScenarioDevice } from '../simulator/index.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const given = process.env['CHROMIUM']
const browserFile = (given === undefined ? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] : [given]).find((file) => existsSync(file))
const area = '320116'
const password = 'console-test-password'
const patienceMs = 30_000

const camera = (n: number, pointClass: string, name: string, codec: 'h264' | 'h265', fault: 'ok' | 'busy' | 'ends-midway'): ScenarioDevice => {
  const id = `320116000013200009${String(n).padStart(2, '0')}`
  const record = {
    code: id, name, manufacturer: '1', area, class: pointClass, functionType: '5', address: '雄州街道', longitude: '118.84', latitude: '32.34', positionType: '4', networking: 'networked',
    policeUnit: '320116510000', installedAt: '2024-05-01', managementUnit: '六合分局', contact: '025-55550100', recordDays: '30', status: '1', builtBy: '1',
  }
  const channel = { id, name: `通道 ${n}`, codec, picture: 'street', fault, record, truth: { result: 'pass', reasons: [], fault: 'none' } } as const
  return { id, kind: 'camera', registers: true, signalling: 'udp', media: 'udp', charset: 'gb2312', edition: '2022', channels: [channel] }
}
const withSound = (device: ScenarioDevice, sound: 'pcma' | 'aac'): ScenarioDevice => ({ ...device, channels: device.channels.map((channel) => ({ ...channel, sound })) })
const good = withSound(camera(1, '1', '泰山路与园林西路口', 'h264', 'ok'), 'pcma')
const modern = camera(2, '2', '龙津桥东桥头', 'h265', 'ok')
const busy = camera(3, '3', '<img src="/stolen" onerror="alert(1)">南门', 'h264', 'busy')
const broken = camera(4, '4', '派出所后院', 'h264', 'ends-midway')
/** With those above ten of the first class, five of the second, five of the third: the sample is all of them. */
const others = [...'111111111222233333'.slice(0, 17)].map((pointClass, index) => camera(10 + index, pointClass, `棠城路 ${index + 1} 号`, 'h264', 'ok'))
const scenario: Scenario = { name: 'console', area, password: 'device-password', keepaliveS: 10, devices: [good, modern, busy, broken, ...others] }

interface House {
  readonly service: Service
  /** Ends the service and starts the next one on the same data and ports. */
  readonly restart: () => Promise<void>
  readonly context: BrowserContext
  readonly page: Page
  /** What no page may do: a request to elsewhere, an error in the console that is not the browser's note on a refusal we asked for. */
  readonly complaints: string[]
}

async function house(test: Test, file: string): Promise<House> {
  await buildConsole()
  const clips = await clipsFor(scenario, { cacheDir: clipCacheDir, children: 2 })
  const dataDir = await mkdtemp(join(tmpdir(), 'yiji-console-'))
  test.teardown(() => rm(dataDir, { recursive: true, force: true }))
  const first = 20_000 + 2 * (systemRandom(2).readUInt16BE() % 5_900)
  const sipId = `${area}00002000000009`
  const open = (httpPort: string, sipPort: number): Promise<Service> =>
    startService(
      loadConfig(
        {
          YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: httpPort, YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: String(sipPort), YIJI_SIP_ID: sipId, YIJI_SIP_PASSWORD: scenario.password, YIJI_MEDIA_PORTS: `${first}-${first + 99}`, YIJI_ADMIN_PASSWORD: password,
          YIJI_INSPECTIONS_RESUME_SECONDS: '1',
        },
        join(dataDir, 'no-file.yaml'),
      ),
      silentLog,
    )
  let service = await open('0', 0)
  const { url, sipPort } = service
  for (const device of scenario.devices) for (const channel of device.channels) await service.registry.create(channel.record, 'test', 'for the console')
  const fleet = await startFleet({ scenario: { ...scenario, registrar: { id: sipId, host: '127.0.0.1', port: service.sipPort } }, clips, clock: systemClock, random: systemRandom, log: silentLog })
  // The service first: its BYEs find cameras that still answer.
  test.teardown(async () => {
    await service.close()
    await fleet.close()
  })
  test.equal((await fleet.registered).registered, scenario.devices.length)

  const browser = await chromium.launch({ executablePath: file, args: flags })
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true })
  context.setDefaultTimeout(patienceMs)
  // A browser that watches would hold the service's close until it has gone: tear-downs run in reverse order.
  test.teardown(() => browser.close())
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== service.url) complaints.push(`left for ${request.url()}`)
    if (request.url().includes('stolen')) complaints.push('a name was taken for markup')
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return {
    get service() {
      return service
    },
    restart: async () => {
      await service.close()
      service = await open(new URL(url).port, sipPort)
    },
    context, page, complaints,
  }
}

/** As `npm run build` does, unless that was done. */
async function buildConsole(): Promise<void> {
  if (existsSync(join(here, '../../dist/console/index.html'))) return
  const { build } = await import('vite')
  await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' })
}

const codeOf = (device: ScenarioDevice): string => device.channels[0]?.id ?? ''
const frames = (page: Page): Promise<{ width: number; at: number }> => page.locator('video').evaluate((video: HTMLVideoElement) => ({ width: video.videoWidth, at: video.currentTime }))
const decodes = (page: Page): Promise<unknown> => page.waitForFunction(() => {
  const video = document.querySelector('video')
  return video !== null && video.videoWidth > 0 && video.currentTime > 0.5
})

async function logIn({ service, page }: House, t: Test): Promise<void> {
  await page.goto(`${service.url}/inspections`)
  await page.getByLabel('账号').fill('admin')
  await page.getByLabel('密码').fill('not this one')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByText('账号或密码不对').waitFor()
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByText('还没有核查').waitFor()
  t.equal(new URL(page.url()).pathname, '/inspections', 'back where the link led')
}

async function findCameras({ page }: House, t: Test): Promise<void> {
  await page.getByRole('link', { name: '摄像机', exact: true }).click()
  const rows = page.locator('table.list tbody tr')
  await page.locator('tbody').getByText('在线').nth(scenario.devices.length - 1).waitFor()
  t.equal(await rows.count(), scenario.devices.length)
  await page.getByLabel('类别').selectOption('2')
  await page.waitForURL(/class=2/)
  await page.waitForFunction(() => document.querySelectorAll('table.list tbody tr').length === 5)
  t.match(await rows.first().innerText(), '龙津桥东桥头')
  await page.goBack()
  await page.waitForFunction((all) => document.querySelectorAll('table.list tbody tr').length === all, scenario.devices.length)
  t.equal(await page.getByText('onerror="alert(1)"').count(), 1, 'markup in a name is shown, not taken')
  await rows.first().locator('td').nth(1).click()
  await page.getByRole('tab', { name: '申报 / 上报 / 核实' }).waitFor()
  await page.locator('table.sides').getByText('通道 1').first().waitFor()
  t.match(await page.locator('table.sides').innerText(), /5 普通监控[\s\S]*不一致|不一致[\s\S]*5 普通监控/)
}

async function watchLive(house: House, t: Test): Promise<void> {
  const { page, service } = house
  await page.getByRole('button', { name: '看实时' }).click()
  await decodes(page)
  const before = await frames(page)
  await page.waitForTimeout(1_000)
  const after = await frames(page)
  t.ok(after.width > 0 && after.at > before.at, `pictures go on: ${before.at} s, then ${after.at} s at ${after.width} px`)
  await page.getByRole('button', { name: '码流参数' }).click()
  await page.getByText('H.264').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: '拍快照' }).click()
  t.match((await download).suggestedFilename(), new RegExp(`^${codeOf(good)}_\\d{14}\\.jpg$`))

  await hear(house, t)
  await page.getByRole('link', { name: '实时', exact: true }).click()
  await page.getByRole('link', { name: '正在传输' }).click()
  await page.getByRole('link', { name: '泰山路与园林西路口' }).waitFor()
  while (service.relays.list().some((stream) => stream.viewers > 0)) await page.waitForTimeout(50)
  t.pass('who leaves the page leaves the stream')
}

/** Chromium's own count of sound that it decoded. */
type Heard = HTMLVideoElement & { readonly webkitAudioDecodedByteCount: number }

async function hear({ page, service }: House, t: Test): Promise<void> {
  const sound = page.getByRole('button', { name: '声音' })
  const making = (): unknown => service.relays.list().find(({ camera }) => camera === codeOf(good))?.audio
  t.match(making(), { codec: 'pcma', sampleRate: 8000 })
  t.equal(await page.locator('video').evaluate((video: Heard) => video.webkitAudioDecodedByteCount), 0, 'nothing is heard, nor encoded, before somebody asks')
  await sound.click()
  await decodes(page)
  await page.waitForFunction(() => ((document.querySelector('video') as Heard | null)?.webkitAudioDecodedByteCount ?? 0) > 0)
  const first = await page.locator('video').evaluate((video: Heard) => ({ bytes: video.webkitAudioDecodedByteCount, at: video.currentTime }))
  await page.waitForFunction(({ bytes, at }) => {
    const video = document.querySelector('video') as Heard | null
    return video !== null && video.webkitAudioDecodedByteCount > bytes + 8_000 && video.currentTime > at + 2
  }, first)
  t.equal(await page.locator('video').evaluate((video: Heard) => video.muted), false)
  await page.getByText('G.711 A 8 kHz').waitFor()
  await sound.click()
  await decodes(page)
  t.equal(await page.locator('video').evaluate((video: Heard) => video.muted), true)
}

/** A picture is there, and goes on for more than the length of a buffer. */
async function advances(page: Page, t: Test, what: string): Promise<void> {
  await decodes(page)
  const before = await frames(page)
  await page.waitForFunction((at) => (document.querySelector('video')?.currentTime ?? 0) > at + 2, before.at)
  const { width, at } = await frames(page)
  t.ok(width > 0 && at > before.at + 2, `${what}: ${before.at.toFixed(1)} s, then ${at.toFixed(1)} s at ${width} px`)
}

async function watchOthers({ page, service, context }: House, t: Test): Promise<void> {
  const versions = async (): Promise<object[]> => ((await (await context.request.get(`${service.url}/api/v1/live`)).json()) as { transcodes: object[] }).transcodes
  await page.goto(`${service.url}/live/${codeOf(modern)}`)
  if (await page.evaluate(() => MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"'))) await decodes(page)
  else {
    await page.getByText('此浏览器不能解码 H.265').waitFor()
    await page.waitForFunction(() => (document.querySelector<HTMLImageElement>('.stage img')?.naturalWidth ?? 0) > 0)
  }
  t.pass('H.265: played, or said and shown as snapshots')
  // A browser with H.265 is not offered what it does not need.
  if (await page.getByRole('button', { name: '看 H.264 版本' }).count() > 0) {
    await page.getByRole('button', { name: '看 H.264 版本' }).click()
    await advances(page, t, 'the H.264 version of an H.265 camera')
    await page.getByText('这是服务转成 H.264 的版本').waitFor()
    t.match(await versions(), [{ camera: codeOf(modern), from: 'h265', to: 'h264', viewers: 1 }])
    await page.getByLabel('连接方式').selectOption('ws')
    await advances(page, t, 'the same over a WebSocket')
    await page.getByRole('button', { name: '看原码流' }).click()
    await page.getByText('此浏览器不能解码 H.265').waitFor()
  }
  await page.goto(`${service.url}/live/${codeOf(good)}`)
  await decodes(page)
  await page.getByLabel('连接方式').selectOption('ws')
  await advances(page, t, 'a camera over a WebSocket')
  await page.goto(`${service.url}/live/${codeOf(busy)}`)
  await page.getByText('设备拒绝了请求').waitFor()
  await page.getByText('SIP 状态 486').waitFor()
  t.pass('a refusal is said in words, with the wire’s own')
  await page.goto(`${service.url}/live/${codeOf(broken)}`)
  await decodes(page)
  await page.getByRole('button', { name: '码流参数' }).click()
  await page.waitForFunction(() => [...document.querySelectorAll('.figures div')].some((each) => each.textContent?.startsWith('中断后恢复次数') && Number(each.querySelector('dd')?.textContent) >= 1))
  const resumed = await frames(page)
  await page.waitForFunction((at) => (document.querySelector('video')?.currentTime ?? 0) > at, resumed.at)
  t.pass('a stream that broke off is said to, and goes on by itself in the same view')
}

/** The demonstration's rules with one short look at each camera, eight at once. */
async function shortRules({ context, service }: House): Promise<void> {
  const found = (await (await context.request.get(`${service.url}/api/v1/rule-sets/demo`)).json()) as Readonly<Record<string, object>>
  const plain = Object.fromEntries(Object.entries(found).filter(([key]) => !['version', 'sha256', 'note', 'by', 'atMs', 'isShipped', 'area', 'versions'].includes(key)))
  const rules = { ...plain, name: 'short', concurrency: { ...plain['concurrency'], total: 8 }, sampling: { ...plain['sampling'], pictures: 3, spacingMs: 700, windowMs: 5_000 } }
  const written = await context.request.post(`${service.url}/api/v1/rule-sets`, { data: { rules, note: 'for a test' } })
  if (written.status() !== 201) throw new Error(await written.text())
}

async function inspect(house: House, t: Test): Promise<void> {
  const { page, service, context } = house
  await shortRules(house)
  await page.goto(`${service.url}/inspections`)
  // From the preset it takes two presses: the form is filled as the last one was, or as the account's area says.
  await page.getByRole('button', { name: '新建核查' }).click()
  await page.getByLabel('行政区划代码').fill('32011')
  await page.getByText('应为 2、4、6 或 8 位数字').waitFor()
  await page.getByLabel('行政区划代码').fill(area)
  await page.getByLabel('方案').selectOption('classes')
  await page.locator('[data-available="10"]').waitFor()
  t.equal(await page.locator('[data-available="5"]').count(), 2, 'ten, five and five are there')
  t.same(await Promise.all(['一类', '二类', '三类'].map((each) => page.getByLabel(`${each}抽取数`).inputValue())), ['10', '5', '5'])
  t.equal(await page.getByText('点位不足').count(), 0)
  await page.getByRole('radio', { name: '手工输入' }).check()
  await page.getByLabel('种子（十六进制）').fill('0123456789abcdef')
  await page.getByLabel('规则集（名称@版本）').selectOption('short@1')
  await page.getByText('应抽 20 路').waitFor()
  await page.getByRole('button', { name: '开始核查' }).click()
  await page.locator('[data-stage]').nth(19).waitFor()
  await page.locator('[data-stage=done]').nth(1).waitFor()
  await house.restart()
  await page.getByText('已完成', { exact: true }).waitFor({ timeout: 4 * patienceMs })
  await page.getByText(/中断或暂停后于 .* 继续（共 1 次），已完成的结论保留/).waitFor()
  t.equal(await page.locator('[data-stage=done]').count(), 20, 'the restart in its middle lost none')
  const cards = await page.locator('[data-stage]').allInnerTexts()
  t.match(cards.find((card) => card.includes('泰山路')), /出图 \d+ ms/)
  t.match(cards.find((card) => card.includes('南门')), /不合格[\s\S]*设备拒绝/)
  await page.waitForFunction(() => [...document.querySelectorAll<HTMLImageElement>('.check img')].filter((image) => image.naturalWidth > 0).length >= 18)

  const report = await page.locator('a.report').first().getAttribute('href')
  const answer = await context.request.get(service.url + report)
  t.equal(answer.status(), 200)
  const text = await answer.text()
  for (const part of ['0123456789abcdef', '泰山路与园林西路口', '&lt;img src=']) t.match(text, part)

  await page.getByRole('link', { name: /泰山路/ }).click()
  await page.getByText('调取过程').waitFor()
  await page.getByLabel('理由').fill('现场看过')
  await page.getByRole('button', { name: '判为合格' }).click()
  await page.getByText('判为合格：现场看过').waitFor()
  t.match(new URL(page.url()).pathname, /\/checks\/\d$/, 'a check has an address of its own')
}

async function tryOtherRules({ page, service }: House, t: Test): Promise<void> {
  const { id } = (await service.inspections.list(1))[0] ?? { id: '' }
  await page.goto(`${service.url}/admin/rules/short/1`)
  await page.getByRole('button', { name: '改成新的一版' }).click()
  await page.locator('[data-figure="response.slowMs"] input').first().fill('1')
  await page.getByLabel('本版说明').fill('试出图时间')
  await page.getByRole('button', { name: '写定这一版' }).click()
  await page.waitForURL(/short\/2/)
  await page.getByRole('tab', { name: '用已有录制试算' }).click()
  await page.locator(`[data-try="${id}"]`).getByRole('link').first().click()
  await page.waitForURL(/tab=rules&rules=short(?:@|%40)2/)
  await page.getByRole('button', { name: '开始试算' }).click()
  await page.getByText(/^20 \/ 20 路；/).waitFor()
  t.match(await page.getByRole('row', { name: /泰山路/ }).innerText(), /出图慢于规则/)
  t.equal((await service.inspections.get(id))?.rules.version, 1, 'what stands goes by its own rules')
}

async function seeAsViewer({ page, service, context }: House, t: Test): Promise<void> {
  const answer = await context.request.post(`${service.url}/api/v1/users`, { data: { name: 'clerk', password, role: 'viewer', area: '320115' } })
  t.equal(answer.status(), 201)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByLabel('Account').fill('clerk')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByText('There are no camera records yet').waitFor()
  await page.goto(`${service.url}/cameras/${codeOf(good)}`)
  await page.getByText('outside your area').waitFor()
  await page.goto(`${service.url}/inspections`)
  await page.getByText('There are no inspections yet').waitFor()
  t.equal(await page.getByRole('button', { name: 'New inspection' }).count(), 0, 'what one may not do is not offered')
}

async function speakEnglish({ page, service }: House, t: Test): Promise<void> {
  await page.goto(`${service.url}/inspections`)
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Inspections' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Inspections' }).waitFor()
  t.equal(await page.locator('html').getAttribute('lang'), 'en', 'the choice is remembered')
}

if (browserFile === undefined) {
  const words = 'browser test skipped: no Chromium found (set CHROMIUM to its path)'
  process.stderr.write(`${words}\n`)
  t.plan(0, words)
} else {
  t.test('a day in the console', async (t) => {
    t.setTimeout(420_000)
    const all = await house(t, browserFile)
    for (const part of [logIn, findCameras, watchLive, watchOthers, inspect, tryOtherRules, speakEnglish, seeAsViewer]) {
      await t.test(part.name, (t) => part(all, t))
    }
    t.same(all.complaints, [])
  })
}
