// The list of records as a clerk works with it: filters in the address, columns, keys, work on many with undo, export; and the record page. Real service, real browser.
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { browserTest, openHouse, record } from './test/house.ts'

const rows = (page: Page) => page.locator('table.records tbody tr')
const shows = (page: Page, n: number) => page.waitForFunction((count) => document.querySelectorAll('table.records tbody tr').length === count, n)

browserTest('records: found, chosen, changed together, taken back, exported', async (t, file) => {
  const house = await openHouse(t, file)
  const { page, url } = house
  const { registry } = house.service()
  for (let n = 1; n <= 60; n += 1) await registry.create(record(n, n % 10 === 0 ? { address: '' } : n === 7 ? { name: '<img src="/stolen" onerror="alert(1)">' } : {}), 'test', 'new')
  await page.goto(`${url}/cameras?class=2`)
  await house.signIn(page)
  await shows(page, 20)

  await t.test('filters stand in the address, and the back button goes through them', async (t) => {
    await page.getByRole('combobox', { name: '档案' }).selectOption('false')
    await page.waitForURL(/complete=false/)
    await shows(page, 2)
    await page.goBack()
    await shows(page, 20)
    await page.getByRole('button', { name: '常用筛选' }).click()
    await page.getByLabel('名称', { exact: true }).fill('二类点')
    await page.getByRole('button', { name: '存为常用' }).click()
    await page.getByRole('link', { name: '二类点' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: '清除筛选' }).click()
    await shows(page, 50)
    await page.getByRole('button', { name: '常用筛选' }).click()
    await page.getByRole('link', { name: '二类点' }).click()
    await page.waitForURL(/class=2/)
    await shows(page, 20)
    t.equal(await page.locator('table.records').getByText('onerror="alert(1)"').count(), 1, 'markup in a name is shown, not taken')
  })

  await t.test('columns of any field, kept over a reload', async (t) => {
    await page.getByRole('button', { name: '选择列' }).click()
    await page.getByRole('checkbox', { name: '录像保存天数' }).check()
    await page.getByRole('button', { name: '关闭', exact: true }).click()
    await page.getByRole('columnheader', { name: '录像保存天数' }).waitFor()
    await page.reload()
    await page.getByRole('columnheader', { name: '录像保存天数' }).waitFor()
    await page.getByRole('button', { name: /按设备名称排序|设备名称/ }).first().click()
    await page.waitForURL(/sort=name/)
    t.equal(await page.getByRole('columnheader', { name: '设备名称' }).getAttribute('aria-sort'), 'ascending')
  })

  await t.test('keys alone: find, move, choose, open', async (t) => {
    await page.goto(`${url}/cameras`)
    await shows(page, 50)
    await page.keyboard.press('/')
    await page.keyboard.type('路口1')
    await page.waitForURL(/text=/)
    await shows(page, 11)
    await rows(page).first().focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByText('已选 3 路').waitFor()
    t.equal(await page.locator('table.records tbody input:checked').count(), 3)
    // Where the keys are is seen: the row itself is outlined, two pixels at least.
    const seen = await page.evaluate(() => {
      const [now, style] = [document.activeElement, document.activeElement && getComputedStyle(document.activeElement)]
      return { row: [...document.querySelectorAll('table.records tbody tr')].findIndex((each) => each === now || each.contains(now)), width: parseFloat(style?.outlineWidth ?? '0'), style: style?.outlineStyle }
    })
    t.equal(seen.row, 2)
    t.ok(seen.width >= 2 && seen.style !== 'none', JSON.stringify(seen))
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Space')
    await page.getByText('已选 2 路').waitFor()
    await page.keyboard.press('Space')
    await page.getByText('已选 3 路').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: '申报 / 上报 / 核实' }).waitFor()
    t.match(new URL(page.url()).pathname, /^\/cameras\/\d{20}$/)
    await page.keyboard.press('Escape')
    await page.locator('.el-drawer').waitFor({ state: 'hidden' })
    await page.getByText('已选 3 路').waitFor()
    await page.getByRole('button', { name: '取消选择' }).click()
  })

  await t.test('a field of many is set, one that somebody changed meanwhile is left alone and named, all is put back', async (t) => {
    await page.goto(`${url}/cameras?class=3`)
    await shows(page, 20)
    await page.getByLabel('选择本页').check()
    await page.getByText('已选 20 路').waitFor()
    const quick = record(2).code ?? ''
    await registry.change(quick, { model: 'X' }, 'colleague', 'quicker')
    await page.getByRole('button', { name: '批量修改' }).click()
    await page.getByLabel('项目').selectOption('maintenanceUnit')
    await page.getByLabel('改为').fill('养护一队')
    await page.getByLabel('原因').fill('合同更换')
    await page.getByRole('button', { name: '开始' }).click()
    await page.getByText('完成：成功 19，失败 1。').waitFor()
    await page.getByText('期间被别人改过，未改动').waitFor()
    t.equal((await registry.camera(quick))?.declared.maintenanceUnit, undefined)
    t.equal((await registry.camera(record(5).code ?? ''))?.declared.maintenanceUnit, '养护一队')
    t.match((await registry.history(record(5).code ?? '')).at(-1), { by: 'admin', why: '合同更换' })
    await page.getByRole('button', { name: '撤销' }).click()
    await page.getByText('已撤销 19 路。').waitFor()
    t.equal((await registry.camera(record(5).code ?? ''))?.declared.maintenanceUnit, undefined)
    await page.locator('.el-dialog').getByRole('button', { name: '关闭', exact: true }).last().click()
  })

  await t.test('all that the filters find: chosen, their findings accepted; one retired with its reason', async (t) => {
    await page.goto(`${url}/cameras?complete=false`)
    await shows(page, 6)
    await rows(page).first().locator('input').check()
    await page.getByRole('button', { name: '选择符合条件的全部 6 路' }).click()
    await page.getByText('已选 6 路').waitFor()
    await page.getByRole('button', { name: '受理问题' }).click()
    await page.getByRole('button', { name: '开始' }).click()
    await page.getByText('完成：成功 6，失败 0。').waitFor()
    t.equal((await registry.findings({ state: 'accepted', limit: 50 })).total, 6)
    await page.locator('.el-dialog').getByRole('button', { name: '关闭', exact: true }).last().click()
    await page.goto(`${url}/cameras/${record(10).code ?? ''}`)
    await page.getByRole('button', { name: '停用' }).click()
    await page.locator('.el-dialog').getByRole('button', { name: '停用' }).click()
    await page.getByText('请写明原因。').waitFor()
    await page.locator('.el-dialog').getByLabel('原因').fill('拆除')
    await page.locator('.el-dialog').getByRole('button', { name: '停用' }).click()
    await page.getByText('档案已停用。').waitFor()
    t.equal((await registry.camera(record(10).code ?? ''))?.isRetired, true)
  })

  await t.test('the record page: history, and the record at any past moment', async () => {
    const code = record(4).code ?? ''
    await registry.change(code, { address: '新路9号' }, 'wang', '门牌变更')
    await page.goto(`${url}/cameras/${code}?tab=history`)
    await page.getByRole('cell', { name: '门牌变更' }).waitFor()
    await page.getByLabel('查看某时的档案').fill('2001-01-01T00:00')
    await page.keyboard.press('Tab')
    await page.getByText('当时还没有这份档案').waitFor()
    await page.reload()
    await page.getByText('当时还没有这份档案').waitFor()
  })

  await t.test('what the filters find, as a file', async (t) => {
    await page.goto(`${url}/cameras?class=2`)
    await shows(page, 19)
    await page.getByRole('button', { name: '导出' }).click()
    await page.getByLabel('格式').selectOption('csv')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载' }).click()])
    const text = await readFile(await download.path(), 'utf8')
    t.equal(text.trim().split('\r\n').length, 20, 'a heading and as many rows as the list has')
  })

  await t.test('home: each number is the length of its list', async (t) => {
    await page.goto(`${url}/`)
    await page.locator('table.classes').waitFor()
    const cells = await page.locator('table.classes td.number a').all()
    for (const cell of cells.slice(0, 14)) {
      const shown = Number((await cell.innerText()).replaceAll(',', ''))
      const query = new URL((await cell.getAttribute('href')) ?? '', url).search
      const answer = await house.context.request.get(`${url}/api/v1/cameras${query}${query === '' ? '?' : '&'}limit=1`)
      t.equal(((await answer.json()) as { total: number }).total, shown, query)
    }
    const errors = page.locator('.numbers .error a')
    const [n, href] = [Number(await errors.innerText()), (await errors.getAttribute('href')) ?? '']
    await page.goto(url + href)
    await page.getByText(`共 ${n} 条`, { exact: true }).waitFor()
  })

  await t.test('filters and columns of the account, on another machine; what two machines save meets, also over an outage', async (t) => {
    const other = await house.browser.newContext({ viewport: { width: 1280, height: 800 } })
    other.setDefaultTimeout(60_000)
    const there = await other.newPage()
    await there.goto(`${url}/cameras`)
    await house.signIn(there)
    await there.getByRole('columnheader', { name: '录像保存天数' }).waitFor()
    const save = async (on: Page, name: string): Promise<void> => {
      await on.getByLabel('名称', { exact: true }).fill(name)
      await on.getByRole('button', { name: '存为常用' }).click()
      await on.getByRole('link', { name }).waitFor()
    }
    await there.getByRole('button', { name: '常用筛选' }).click()
    await there.getByRole('link', { name: '二类点' }).waitFor()
    await house.stop()
    await save(there, '乙机所存')
    await there.getByText('暂时只存在这个浏览器里').waitFor()
    await house.start()
    await there.getByText('暂时只存在这个浏览器里').waitFor({ state: 'detached' })
    await page.goto(`${url}/cameras`)
    // The first machine has the dialog's content of before: what it saves does not undo the other's.
    await page.getByRole('button', { name: '常用筛选' }).click()
    await save(page, '甲机所存')
    await page.getByRole('link', { name: '乙机所存' }).waitFor()
    await page.keyboard.press('Escape')
    const kept = (await (await house.context.request.get(`${url}/api/v1/session/settings`)).json()) as { items: { key: string; value: { name: string }[] }[] }
    await t.resolveMatch(Promise.resolve(kept.items.find(({ key }) => key === 'filters')?.value.map(({ name }) => name).sort()), ['乙机所存', '二类点', '甲机所存'].sort())
    await other.close()
  })
  t.same(house.complaints, [])
})
