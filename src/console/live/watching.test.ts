// The live pages in a real browser over simulated cameras: a wall that is filled, swapped and found again by its link; cameras that are turned; what is said of those
// that send nothing; ways around what holds a stream back.
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { camera, faults, house, inBrowser, type House } from '../test/browser.ts'

const good = [1, 2, 3].map((n) => camera(n, `路口${n}号`))
const modern = camera(4, '龙津桥东桥头', { codec: 'h265' })
const mute = camera(5, '派出所后院', { fault: 'no-media', class: '2' })
const codeOf = (device: { readonly id: string }): string => device.id
const [first = '', second = '', third = ''] = good.map(codeOf)

const tile = (n: number): string => `[data-tile="${n}"]`
/** Each named view shows pictures, and goes on for more than a second of them. */
async function advance(page: Page, t: Test, views: readonly number[], what: string): Promise<void> {
  const times = (): Promise<number[]> => page.evaluate((all) => all.map((n) => document.querySelector<HTMLVideoElement>(`[data-tile="${n}"] video`)).map((video) => (video && video.videoWidth > 0 ? video.currentTime : 0)), [...views])
  await page.waitForFunction((all) => all.every((n) => (document.querySelector<HTMLVideoElement>(`[data-tile="${n}"] video`)?.videoWidth ?? 0) > 0), [...views])
  const before = await times()
  await page.waitForFunction(({ all, from }) => all.every((n, at) => (document.querySelector<HTMLVideoElement>(`[data-tile="${n}"] video`)?.currentTime ?? 0) > (from[at] ?? 0) + 1), { all: [...views], from: before })
  t.ok((await times()).every((now, at) => now > (before[at] ?? 0)), what)
}
const cameraIn = (page: Page, name: string) => page.locator(`nav [data-camera]`, { hasText: name })

async function fillWall({ page, service }: House, t: Test): Promise<void> {
  await page.getByRole('button', { name: '4 画面' }).click()
  await cameraIn(page, '路口1号').dragTo(page.locator(tile(1)))
  await cameraIn(page, '路口2号').dragTo(page.locator(tile(2)))
  await cameraIn(page, '路口3号').click()
  await cameraIn(page, '龙津桥').dragTo(page.locator(tile(4)))
  await advance(page, t, [1, 2, 3], 'three pictures at once go on')
  t.equal(service.relays.list().filter(({ stream, camera: code }) => stream === 'sub' && [first, second, third].includes(code)).length, 3, 'the smaller streams, from four views on')
  await page.getByRole('button', { name: '码流参数' }).click()
  await page.locator(`${tile(1)} [data-figures]`, { hasText: 'H.264' }).waitFor()
  t.match(await page.locator(`${tile(1)} [data-figures]`).innerText(), /960×540[\s\S]*kbit\/s[\s\S]*丢包率/)
  t.same(await faults(page), [], 'nothing grave for axe-core')

  // H.265: played where the browser can; else snapshots, and the other version is offered.
  if (await page.evaluate(() => !MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"'))) {
    await page.locator(`${tile(4)}`).getByRole('button', { name: '看 H.264 版本' }).click()
    await page.waitForURL(/h264/)
  }
  await advance(page, t, [1, 2, 3, 4], 'four, one of them made H.264')
}

async function swapAndRemember({ page }: House, t: Test): Promise<void> {
  await page.locator(`${tile(1)} .top`).dragTo(page.locator(tile(2)))
  await page.waitForURL((url) => (url.searchParams.get('v') ?? '').startsWith(`${second},${first},`))
  await page.locator(tile(2)).hover()
  await page.locator(tile(2)).getByRole('button', { name: '声音' }).click()
  await page.waitForURL(/sound=2/)
  const link = page.url()
  await page.getByRole('button', { name: '布局', exact: true }).click()
  await page.getByLabel('布局名称').fill('早班')
  await page.getByRole('button', { name: '保存布局' }).click()
  await page.getByRole('button', { name: '早班', exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '清空' }).click()
  await page.waitForURL((url) => !url.searchParams.has('v'))
  await page.goBack()
  await page.waitForURL(link)
  await page.goto('about:blank')
  await page.goto(link)
  await advance(page, t, [1, 2, 3, 4], 'the link is the whole wall')
  t.match(await page.locator(`${tile(1)} .name`).innerText(), '路口2号')
  t.equal(await page.locator(`${tile(2)}`).getByRole('button', { name: '声音' }).getAttribute('aria-pressed'), 'true')
  await page.getByRole('button', { name: '1 画面', exact: true }).click()
  await page.getByRole('button', { name: '布局', exact: true }).click()
  await page.getByRole('button', { name: '早班', exact: true }).click()
  await page.waitForURL(link)
  t.pass('a saved layout is opened again')
}

async function turnCamera({ page, fleet }: House, t: Test): Promise<void> {
  const state = () => fleet.device(second)?.state()
  const until = async (check: () => boolean, what: string): Promise<void> => {
    for (let n = 0; n < 400 && !check(); n++) await page.waitForTimeout(25)
    t.ok(check(), what)
  }
  await page.getByRole('button', { name: '云台', exact: true }).press('Enter')
  await page.locator(tile(1)).getByRole('button', { name: '选中第 1 格' }).press('Enter')
  await page.keyboard.down('ArrowRight')
  await until(() => state()?.moving !== undefined, 'the camera turns while the key is held')
  const pan = state()?.pan
  await page.keyboard.up('ArrowRight')
  await until(() => state()?.moving === undefined, 'and stops when it is let go')
  t.ok((state()?.pan ?? 0) !== 0 && pan !== undefined)
  await page.keyboard.down('+')
  await until(() => state()?.moving !== undefined, 'it zooms')
  await page.evaluate(() => window.dispatchEvent(new Event('blur')))
  await until(() => state()?.moving === undefined, 'and stops when another window takes the keys')
  await page.keyboard.up('+')
  const pad = page.getByRole('button', { name: '左上' })
  await pad.hover()
  await page.mouse.down()
  await until(() => state()?.moving !== undefined, 'the pad turns it')
  await page.mouse.up()
  await until(() => state()?.moving === undefined, 'until it is let go')

  await pad.focus()
  await page.keyboard.down('Space')
  await until(() => state()?.moving !== undefined, 'a button of the pad is held by the space bar')
  await page.keyboard.up('Space')
  await until(() => state()?.moving === undefined, 'and let go by it')
  t.ok(await pad.evaluate((each) => each.matches(':focus-visible') && parseFloat(getComputedStyle(each).outlineWidth) >= 2), 'where the keys are is seen')

  // Without the network nobody can say stop: the lease ends by itself.
  await page.keyboard.down('ArrowUp')
  await until(() => state()?.moving !== undefined, 'it turns again')
  await page.route('**/ptz', (route) => route.abort())
  await page.getByText('与服务的联系中断').waitFor()
  await until(() => state()?.moving === undefined, 'a lost connection stops it within the lease')
  await page.unroute('**/ptz')
  await page.keyboard.up('ArrowUp')

  await page.getByRole('button', { name: '查询预置位' }).click()
  await page.getByRole('button', { name: /停车场/ }).first().click()
  await until(() => state()?.pan === 20, 'a preset is called')
  await page.getByRole('button', { name: '新预置位' }).click()
  await page.getByLabel('名称', { exact: true }).fill('东门')
  await page.getByRole('button', { name: '设为当前位置', exact: true }).click()
  await until(() => state()?.presets.get(3) !== undefined, 'and a new one kept')
  await page.getByRole('button', { name: '删除：东门' }).click()
  await page.getByRole('button', { name: '确定' }).click()
  await until(() => state()?.presets.get(3) === undefined, 'and deleted')
  t.same(await faults(page), [])
}

/** Opened first of all: half a minute goes by before a camera that sends nothing is given up. */
async function sayWhy(silent: Page, t: Test): Promise<void> {
  await silent.locator('[data-trace]').waitFor({ timeout: 80_000 })
  t.match(await silent.locator('[data-trace]').innerText(), /(媒体|码流)[\s\S]*原因[\s\S]*处理/, 'the trace’s own words')
}

async function goAround({ page, service }: House, t: Test): Promise<void> {
  let refused = 0
  await page.route(/\.flv/, (route) => {
    refused++
    return route.abort()
  })
  await page.goto(`${service.url}/live/${first}`)
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1)
  t.ok(refused > 0, `HTTP was held back ${refused} times, the WebSocket let through`)
  await page.unroute(/\.flv/)
}

/** The two things that are used on a phone: one live picture, and how an inspection came out. And while it runs nothing moves by itself. */
async function onPhone({ context, service }: House, t: Test): Promise<void> {
  const page = await context.newPage()
  const fits = async (what: string): Promise<void> => void t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what}: nothing sticks out at 390`)
  const answer = await context.request.post(`${service.url}/api/v1/inspections`, { data: { area: '320116', seed: '0123456789abcdef', strata: [{ class: '1', count: 3 }] }, headers: { origin: service.url } })
  t.equal(answer.status(), 202)
  const { id } = (await answer.json()) as { id: string }
  await page.goto(`${service.url}/inspections/${id}`)
  const where = async (): Promise<unknown> => page.evaluate(() => [...document.querySelectorAll('[data-stage]')].map((each) => [each.getBoundingClientRect().x, each.getBoundingClientRect().y]))
  await page.locator('[data-stage]').nth(2).waitFor()
  const before = await where()
  await page.locator('[data-stage=done]').nth(2).waitFor()
  await page.getByRole('link', { name: '报告', exact: true }).first().waitFor()
  t.same(await where(), before, 'from the start to the end of it every card stays where it is')

  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${service.url}/live/${first}`)
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1)
  await fits('live')
  for (const name of ['拍快照', '声音', '全屏']) t.ok(((await page.getByRole('button', { name, exact: true }).boundingBox())?.height ?? 0) >= 40, `${name}: a finger hits it`)
  const stage = await page.locator('video').boundingBox()
  t.ok(stage && stage.width >= 350 && stage.y + stage.height <= 844, `the picture fills the width: ${JSON.stringify(stage)}`)
  await page.goto(`${service.url}/inspections/${id}`)
  await page.locator('[data-stage=done]').nth(2).waitFor()
  await fits('an inspection')
  t.ok(((await page.locator('a.report').first().boundingBox())?.height ?? 0) >= 40, 'the report is in reach')
  await page.goto(`${service.url}/inspections/${id}/checks/1`)
  await page.locator('.el-drawer').getByText('调取过程').waitFor()
  await fits('a check')
  await page.goto(`${service.url}/api/v1/inspections/${id}/report.html?lang=zh`)
  await page.locator('h1').first().waitFor()
  await fits('the report')
  t.ok(await page.evaluate(() => [...document.querySelectorAll('td, p')].filter((each) => (each.textContent ?? '').trim() !== '').every((each) => parseFloat(getComputedStyle(each).fontSize) >= 11)), 'it can be read')
  await page.close()
}

async function patrolAll({ page, service }: House, t: Test): Promise<void> {
  await page.goto(`${service.url}/live?n=1&patrol=3&of=${first},${second}`)
  for (const name of ['路口1号', '路口2号', '路口1号']) await page.locator(`${tile(1)} .name`, { hasText: name }).waitFor()
  await page.getByRole('button', { name: '暂停' }).click()
  const shown = await page.locator(`${tile(1)} .name`).innerText()
  await page.waitForTimeout(4_000)
  t.equal(await page.locator(`${tile(1)} .name`).innerText(), shown, 'it stands still while it is paused')
  await page.getByRole('button', { name: '停止', exact: true }).click()
  await page.waitForURL((url) => !url.searchParams.has('patrol'))
  await page.getByRole('link', { name: '正在传输' }).click()
  await page.getByRole('heading', { name: '正在传输的码流' }).waitFor()
  await page.getByRole('link', { name: shown }).first().waitFor()
  // The camera that sends nothing is still waited for on a page of its own.
  while (service.relays.list().some(({ camera: code, viewers }) => code !== codeOf(mute) && viewers > 0)) await page.waitForTimeout(50)
  t.pass('who leaves the wall leaves its streams')
}

inBrowser('watching', async (t) => {
  const all = await house(t, { devices: [...good, modern, mute], path: '/live' })
  const silent = await all.context.newPage()
  await silent.goto(`${all.service.url}/live/${codeOf(mute)}`)
  for (const part of [fillWall, swapAndRemember, turnCamera, goAround, onPhone, patrolAll]) await t.test(part.name, (t) => part(all, t))
  await t.test('sayWhy', (t) => sayWhy(silent, t))
  t.same(all.complaints.filter((each) => !/ERR_FAILED|net::/.test(each)), [])
})
