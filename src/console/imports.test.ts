// A file with bad rows through the wizard: sent, decided, mapped, shown, written, its rejected rows fetched; a page opened again goes on. Real service, real browser.
import ExcelJS from 'exceljs'
import { readFile } from 'node:fs/promises'
import { browserTest, openHouse, record } from './test/house.ts'

const headings = ['设备编码', '设备名称', '行政区域', '监控点位类型', '摄像机功能类型', '安装地址', '经度', '纬度', '联网属性', '管理单位', '杂项']
const row = (code: string, name: string, pointClass: string): readonly string[] => [code, name, '320116', pointClass, '5', '新桥路1号', '118.846231', '32.341872', '1', '六合分局', '南段']

browserTest('a workbook with bad rows is imported', async (t, file) => {
  const house = await openHouse(t, file)
  const { page, url } = house
  const { registry } = house.service()
  await registry.create(record(1), 'test', 'new')
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('台账')
  sheet.addRow(headings)
  for (const each of [row('32011600001320000501', '新桥路口', '1'), row('32011600001320000502', '<script>alert(1)</script>', '重点'), row('3201160000132', '坏编码', '2'), row(record(1).code ?? '', '路口一', '2')]) sheet.addRow([...each])
  const buffer = Buffer.from(await book.xlsx.writeBuffer())
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
    await page.getByLabel('K 杂项').selectOption('commonName')
    await page.getByLabel('监控点位类型 重点').selectOption('1')
    await page.getByRole('button', { name: '按新的选择重新预览' }).click()
    await page.getByRole('button', { name: '导入 3 条' }).waitFor()
    await page.getByRole('button', { name: '查看退回的行' }).click()
    await page.getByRole('cell', { name: '3201160000132', exact: true }).waitFor()
    t.equal(await registry.camera('32011600001320000501'), undefined, 'still nothing is written')
  })

  await t.test('written, with the rows that were not taken as a file', async (t) => {
    await page.getByLabel('说明（写入历史）').fill('补录')
    await page.getByRole('button', { name: '导入 3 条' }).click()
    await page.getByText('导入完成：新增 2 条，修改 1 条').waitFor()
    t.match((await registry.camera('32011600001320000502'))?.declared, { class: '1', commonName: '南段', name: '<script>alert(1)</script>' })
    t.equal((await registry.camera(record(1).code ?? ''))?.declared.name, '路口一')
    t.match((await registry.history(record(1).code ?? '')).at(-1), { why: '补录' })
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载退回的行（含原因）' }).click()])
    const rejected = new ExcelJS.Workbook()
    await rejected.xlsx.load((await readFile(await download.path())) as unknown as ExcelJS.Buffer)
    const text = JSON.stringify(rejected.worksheets[0]?.getSheetValues())
    t.match(text, '3201160000132')
    t.match(text, '20位')
    await page.reload()
    await page.getByText('导入完成：新增 2 条，修改 1 条').waitFor()
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
