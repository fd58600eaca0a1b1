// The demonstration's workbook with its bad rows through the wizard: sent, decided, mapped, shown, written, its rejected rows fetched; a page opened again goes on. Real service, real browser.
import ExcelJS from 'exceljs'
import { readFile } from 'node:fs/promises'
import { browserTest, openHouse, record } from './test/house.ts'

/** 46 records of the demonstration district and seven rows of trouble (scripts/make-workbook.ts): four are no records, three are. */
const workbook = new URL('../../fixtures/records/district.xlsx', import.meta.url)
const known = '32011600001320000001'

browserTest('a workbook with bad rows is imported', async (t, file) => {
  const house = await openHouse(t, file)
  const { page, url } = house
  const { registry } = house.service()
  await registry.create(record(1, { code: known }), 'test', 'new')
  const buffer = await readFile(workbook)
  await page.goto(`${url}/imports`)
  await house.signIn(page)
  await page.getByText('还没有导入过').waitFor()

  await t.test('another kind of file is refused before it is sent', async () => {
    await page.locator('input[type=file]').setInputFiles({ name: '台账.doc', mimeType: 'application/msword', buffer: Buffer.from('x') })
    await page.getByText('只接受 .xlsx 和 .csv 文件').waitFor()
  })

  await t.test('sent, and read: what only a person knows is asked', async (t) => {
    await page.locator('input[type=file]').setInputFiles({ name: '六合台账.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer })
    await page.waitForURL(/\/imports\/[^/]+$/)
    await page.getByText('需要您决定').waitFor()
    t.equal(await page.getByRole('button', { name: /^导入 \d/ }).count(), 0, 'nothing can be written before')
    await page.reload()
    await page.getByText('需要您决定').waitFor()
    await page.getByRole('radio').first().check()
    await page.getByLabel('V 杂项').selectOption('commonName')
    await page.getByLabel('监控点位类型 重点').selectOption('1')
    await page.getByRole('button', { name: '按新的选择重新预览' }).click()
    await page.getByRole('button', { name: '导入 49 条' }).waitFor()
    await page.getByRole('button', { name: '查看退回的行' }).click()
    await page.getByRole('cell', { name: '320116000013201', exact: true }).waitFor()
    t.equal(await registry.camera('32011600001320000002'), undefined, 'still nothing is written')
  })

  await t.test('written, with the rows that were not taken as a file', async (t) => {
    await page.getByLabel('说明（写入历史）').fill('补录')
    await page.getByRole('button', { name: '导入 49 条' }).click()
    await page.getByText('导入完成：新增 48 条，修改 1 条').waitFor()
    t.match((await registry.camera('32011600001320000902'))?.declared, { class: '1', name: '重点部位' })
    t.match((await registry.camera('32011600001320000903'))?.declared, { networking: 'networked', name: '<script>alert(1)</script>' })
    t.match((await registry.camera('32011600001320000006'))?.declared, { commonName: '南段', installedAt: '2020-06-15' })
    t.ok((await registry.camera('32011600001320000904'))?.findings.some(({ rule }) => rule === 'coordinates.swapped'), 'what is odd is taken, and said')
    t.equal((await registry.camera(known))?.declared.name, '雄州街道泰山路与园林西路路口')
    t.match((await registry.history(known)).at(-1), { why: '补录' })
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载退回的行（含原因）' }).click()])
    const rejected = new ExcelJS.Workbook()
    await rejected.xlsx.load((await readFile(await download.path())) as unknown as ExcelJS.Buffer)
    const text = JSON.stringify(rejected.worksheets[0]?.getSheetValues())
    for (const why of ['320116000013201', '20位', '科学计数法', '与第3行的设备编码重复', '缺少设备编码']) t.match(text, why)
    await page.reload()
    await page.getByText('导入完成：新增 48 条，修改 1 条').waitFor()
    await page.getByRole('link', { name: '查看档案' }).click()
    await page.locator('table.records').getByText('<script>alert(1)</script>').waitFor()
  })

  await t.test('the same file again is said to be; cancelled, nothing comes of it', async () => {
    await page.goto(`${url}/imports`)
    await page.locator('input[type=file]').setInputFiles({ name: '六合台账.xlsx', mimeType: 'application/octet-stream', buffer })
    await page.getByText('同一个文件已由 admin 于').waitFor()
    await page.getByRole('button', { name: '取消导入' }).click()
    await page.locator('.el-message-box').getByRole('button', { name: '取消导入' }).click()
    await page.getByText('已取消，没有写入任何档案').waitFor()
    await page.locator('main').getByRole('link', { name: '导入记录' }).click()
    await page.getByText('已取消').waitFor()
  })

  await t.test('what is no workbook says so', async () => {
    await page.goto(`${url}/imports`)
    await page.locator('input[type=file]').setInputFiles({ name: '坏的.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('not a workbook at all') })
    await page.getByText('文件读不出来').waitFor()
  })
  t.same(house.complaints, [])
})
