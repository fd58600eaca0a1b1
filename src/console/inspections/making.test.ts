// Inspections made and watched in a real browser over simulated cameras: from the notice's preset with a typed seed to the end, held up and gone on with; a seed thrown with
// dice; a seed of two sides by two accounts; a second draw that is asked for its reason.
import type { BrowserContext, Page } from 'playwright-core'
import type { Test } from 'tap'
import { area, camera, faults, house, inBrowser, password, type House } from '../test/browser.ts'

const cameras = [camera(1, '泰山路口'), camera(2, '中山南路口'), camera(3, '雄州街道办'), camera(4, '龙津桥东', { class: '2' }), camera(5, '派出所后院', { class: '3' })]
const seed = '3fa2c04d91b7e650'

interface Seat {
  readonly page: Page
  readonly context: BrowserContext
}

async function seatOf({ context, service, complaints }: House, name: string, role: string): Promise<Seat> {
  const made = await context.request.post(`${service.url}/api/v1/users`, { data: { name, password, role, area } })
  if (made.status() !== 201) throw new Error(await made.text())
  const own = await (context.browser() ?? raise()).newContext({ viewport: { width: 1280, height: 800 } })
  own.setDefaultTimeout(60_000)
  await own.request.post(`${service.url}/api/v1/session`, { data: { name, password, want: 'cookie' } })
  const page = await own.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if ((message.type() === 'error' && !message.text().startsWith('Failed to load resource')) || /Vue warn|intlify/i.test(message.text())) complaints.push(message.text())
  })
  return { page, context: own }
}

/** The demonstration's rules with short looks, two cameras at once. */
async function shortRules({ context, service }: House): Promise<void> {
  const found = (await (await context.request.get(`${service.url}/api/v1/rule-sets/demo`)).json()) as Readonly<Record<string, object>>
  const { versions: _v, note: _n, by: _b, atMs: _a, sha256: _s, isShipped: _i, area: _r, version: _x, ...demo } = found
  const rules = { ...demo, name: 'short', concurrency: { ...demo['concurrency'], total: 2 }, sampling: { pictures: 3, spacingMs: 1_000, windowMs: 5_000 }, running: { ...demo['running'], windowMs: 4_000 } }
  const written = await context.request.post(`${service.url}/api/v1/rule-sets`, { data: { rules, note: 'for a test' } })
  if (written.status() !== 201) throw new Error(await written.text())
}

async function makeAndWatch({ page }: Seat, url: string, t: Test): Promise<string> {
  await page.goto(`${url}/inspections`)
  await page.getByRole('button', { name: '新建核查' }).click()
  await page.getByText('应抽 40 路').waitFor()
  await page.getByText('没有有效的报备豁免').waitFor()
  t.equal(await page.getByLabel('行政区划代码').inputValue(), area, 'the area of the account')
  t.equal(await page.getByLabel('方案').inputValue(), 'notice')
  // What is asked for beside what there is, and what will happen where a stratum is short.
  await page.getByText('该区 3 路（少 ').first().waitFor()
  t.ok(await page.locator('[data-available="3"]').count() > 0)
  await page.getByText(/应抽 40 路，最多可抽 \d+ 路/).waitFor()
  await page.getByText('点位不足。不足的层全部抽取，不从别的层补').waitFor()
  await page.getByRole('radio', { name: '手工输入' }).check()
  await page.getByLabel('种子（十六进制）').fill('3fa2')
  await page.getByText('应为 16 至 64 个十六进制字符').waitFor()
  t.ok(await page.getByRole('button', { name: '开始核查' }).isDisabled())
  await page.getByLabel('种子（十六进制）').fill(seed)
  await page.getByLabel('规则集（名称@版本）').selectOption('short@1')
  t.same(await faults(page), [], 'the form')
  await page.getByRole('button', { name: '开始核查' }).click()
  await page.waitForURL(/inspections\/\d{8}-/)
  await page.locator('[data-stage]').nth(4).waitFor()
  await page.getByText(seed).first().waitFor()

  await page.getByRole('button', { name: '暂停' }).click()
  await page.getByText('由人暂停').waitFor()
  await page.waitForFunction(() => document.querySelectorAll('[data-stage=running]').length === 0)
  const held = await page.locator('[data-stage=waiting]').count()
  t.ok(held > 0, `${held} wait while it is held up`)
  await page.reload()
  await page.getByText('由人暂停').waitFor()
  t.equal(await page.locator('[data-stage=waiting]').count(), held, 'nothing was begun')
  t.same(await faults(page), [], 'held up')
  await page.getByRole('button', { name: '继续', exact: true }).click()
  await page.getByText('已完成', { exact: true }).waitFor()
  await page.waitForFunction(() => [...document.querySelectorAll<HTMLImageElement>('.check img')].filter((image) => image.naturalWidth > 0).length === 5)
  t.equal(await page.locator('[data-stage=done]').count(), 5)
  await page.getByText(/暂停后于 .* 继续（共 1 次）/).waitFor()
  return page.url()
}

async function filterCards({ page }: Seat, link: string, t: Test): Promise<void> {
  await page.getByLabel('分层').selectOption({ label: '1. 二类 1' })
  await page.waitForURL(/stratum=1/)
  t.equal(await page.locator('[data-stage]').count(), 1)
  await page.locator('[data-stage] a').click()
  await page.waitForURL(/\/checks\/\d/)
  await page.goBack()
  await page.waitForURL(/stratum=1/)
  t.equal(await page.locator('[data-stage]').count(), 1, 'back from a check, the filter is as it was')
  await page.goto(`${link}?verdict=waiting`)
  await page.getByText('没有符合筛选的摄像机').waitFor()
  await page.getByRole('button', { name: '清除筛选' }).click()
  await page.locator('[data-stage]').nth(4).waitFor()
}

/** Opens the form with one of three cameras of the first class, so that something is chosen. */
async function openForm(page: Page, url: string, firstClass: string, way: string): Promise<void> {
  await page.goto(`${url}/inspections?new=yes&where=${area}&preset=notice-image&seed=${way}`)
  await page.getByText('应抽 20 路').waitFor()
  await page.getByLabel('一类抽取数').fill(firstClass)
  await page.getByLabel('一类抽取数').press('Tab')
  await page.getByText('不再是发布的方案').waitFor()
  await page.getByLabel('规则集（名称@版本）').selectOption('short@1')
}

async function drawOfTwo(assessor: Seat, editor: Seat, url: string, t: Test): Promise<void> {
  const { page } = assessor
  await openForm(page, url, '1', 'two')
  await page.getByRole('button', { name: '发起双方抽样' }).click()
  await page.getByText('请填写对方账号').waitFor()
  await page.getByLabel('对方账号').fill('li')
  await page.getByRole('button', { name: '发起双方抽样' }).click()
  await page.waitForURL(/inspections\/draws\/d-/)
  const link = page.url()
  await editor.page.goto(link)
  for (const { page } of [assessor, editor]) {
    await page.getByRole('button', { name: '掷五枚骰子' }).click()
    t.match(await page.getByLabel('半个种子').inputValue(), /^[1-6]{5}$/)
    await page.getByRole('button', { name: '提交', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: '提交', exact: true }).click()
    await page.getByText(/已提交/).first().waitFor()
  }
  t.same(await faults(page), [], 'a draw under way')
  // What was committed to is found again by its browser.
  await page.reload()
  await page.getByRole('button', { name: '公开', exact: true }).click()
  await page.getByText('正在等待对方').waitFor()
  t.equal(await editor.page.locator('[data-seed]').count(), 0, 'no seed before both have revealed')
  await editor.page.getByLabel('盐').fill('0'.repeat(32))
  await editor.page.getByText('与提交的哈希不符').waitFor()
  t.ok(await editor.page.getByRole('button', { name: '公开', exact: true }).isDisabled())
  await editor.page.reload()
  await editor.page.getByRole('button', { name: '公开', exact: true }).click()
  await page.getByText('已重算：种子等于').waitFor()
  t.equal(await page.getByText('与提交相符').count(), 2)
  t.same(await faults(page), [], 'a draw that is drawn')
  const drawn = await page.locator('[data-seed]').innerText()
  t.equal(await editor.page.getByRole('button', { name: '开始核查' }).count(), 0, 'the editor starts nothing')
  await page.getByRole('button', { name: '开始核查' }).click()
  await page.locator('[data-stage]').nth(2).waitFor()
  await page.getByText(drawn).first().waitFor()
  t.equal(await page.locator('[data-stage]').count(), 3)
  await page.getByRole('button', { name: '停止核查' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '停止核查' }).click()
  await page.getByText('已取消', { exact: true }).waitFor()
  await editor.page.getByRole('link', { name: '查看核查' }).waitFor()
}

async function drawAgain({ page }: Seat, url: string, t: Test): Promise<void> {
  await openForm(page, url, '2', 'dice')
  for (let n = 1; n <= 5; n++) {
    await page.getByRole('button', { name: `掷骰（第 ${n} 次）` }).click()
    await page.getByText(n < 5 ? `还差 ${25 - n * 5} 枚` : '已够：25 枚').waitFor()
  }
  const thrown = await page.locator('[data-seed]').innerText()
  await page.getByRole('button', { name: '开始核查' }).click()
  await page.getByText('再抽须写明理由').waitFor()
  await page.getByRole('button', { name: '改为沿用最近一次' }).waitFor()
  t.same(await faults(page), [], 'the reason is asked for')
  await page.getByRole('button', { name: '开始核查' }).click()
  await page.getByText('请写明重抽理由').waitFor()
  await page.getByLabel('重抽理由').fill('首次抽取未检完')
  await page.getByRole('button', { name: '开始核查' }).click()
  await page.getByText(thrown).first().waitFor()
  await page.getByRole('button', { name: '停止核查' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '停止核查' }).click()
  await page.getByText('已取消', { exact: true }).waitFor()
}

/** More than are told whole: 210 cameras of another area that never registered. */
async function patrolByPage({ page, service, context }: House, t: Test): Promise<void> {
  const there = '320117'
  for (let n = 1; n <= 210; n++) await service.registry.create({ code: `${there}00001320${String(n).padStart(6, '0')}`, name: `溧水 ${n} 号`, area: there, class: '1', functionType: '5' }, 'test', 'for a patrol')
  const started = await context.request.post(`${service.url}/api/v1/inspections`, { data: { area: there, preset: 'patrol', rules: 'short' } })
  t.equal(started.status(), 202)
  const { id, total } = (await started.json()) as { id: string; total: number }
  t.equal(total, 210)
  await page.goto(`${service.url}/inspections/${id}`)
  await page.locator('[data-stage]').nth(39).waitFor()
  t.equal(await page.locator('[data-stage]').count(), 40, 'a page of them')
  await page.locator('[data-stage=done]').first().waitFor()
  await page.getByRole('link', { name: '下一页' }).click()
  await page.waitForURL(/after=40/)
  await page.getByText('溧水').first().waitFor()
  await page.getByRole('button', { name: '暂停' }).click()
  await page.getByText('由人暂停').waitFor()
  await page.getByLabel('名称、编码、权属').fill('溧水 209 号')
  await page.getByLabel('名称、编码、权属').press('Enter')
  await page.waitForFunction(() => document.querySelectorAll('[data-stage]').length === 1)
  t.match(await page.locator('[data-stage]').innerText(), '溧水 209 号')
  await page.goto(`${service.url}/inspections/${id}?verdict=fail`)
  await page.locator('[data-stage=done] a').first().click()
  await page.getByText('调取过程').waitFor()
  await page.goto(`${service.url}/inspections/${id}`)
  await page.getByRole('button', { name: '停止核查' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '停止核查' }).click()
  await page.getByText('已取消', { exact: true }).waitFor()
  await page.locator('[data-stage=done]').first().waitFor()
  const { state, done } = (await (await context.request.get(`${service.url}/api/v1/inspections/${id}`)).json()) as { state: string; done: number }
  t.ok(state === 'cancelled' && done > 0 && done < 210, `what is done stays, cancelled while it was held up: ${done}`)
}

async function lookBack({ page }: Seat, url: string, t: Test): Promise<void> {
  await page.goto(`${url}/inspections`)
  await page.getByText('3 次核查').waitFor()
  await page.getByText('首次抽取未检完').waitFor()
  await page.getByLabel('状态').selectOption('done')
  await page.getByText('1 次核查', { exact: true }).waitFor()
  await page.waitForURL(/state=done/)
  await page.reload()
  await page.getByText('1 次核查', { exact: true }).waitFor()
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const [tab, until] of [['', 'table.list tbody tr'], ['trends', '[data-point]'], ['sets', '[data-set]'], ['draws', 'table.list tbody tr']] as const) {
      await page.goto(`${url}/inspections?tab=${tab}`)
      await page.locator(until).first().waitFor()
      t.same(await faults(page), [], `${scheme} ${tab}`)
      t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${tab}: nothing sticks out at 1280`)
    }
  }
  await page.goto(`${url}/inspections?tab=trends`)
  await page.locator('[data-point]').first().hover()
  t.match(await page.locator('figure').first().innerText(), /\d+ \/ \d+（.*= \d/, 'numerator and denominator')
}

const raise = (): never => {
  throw new Error('there is a browser')
}

inBrowser('making and watching', async (t) => {
  const all = await house(t, { devices: cameras })
  await shortRules(all)
  const { url } = all.service
  const assessor = await seatOf(all, 'wang', 'assessor')
  const editor = await seatOf(all, 'li', 'editor')
  let link = ''
  await t.test('from the preset to its end, held up on the way', async (t) => void (link = await makeAndWatch(assessor, url, t)))
  await t.test('filters of cards', (t) => filterCards(assessor, link, t))
  await t.test('a seed of two sides', (t) => drawOfTwo(assessor, editor, url, t))
  await t.test('again, with dice, and a reason', (t) => drawAgain(assessor, url, t))
  await t.test('history, trends, drawn sets', (t) => lookBack(assessor, url, t))
  await t.test('a patrol by page', (t) => patrolByPage(all, t))
  t.same(all.complaints, [])
})
