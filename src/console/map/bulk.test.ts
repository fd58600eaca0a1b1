// One field of all the cameras chosen on the map, in a real browser: changed in every record, with its reason, and put back.
import { faults } from '../test/browser.ts'
import { browserTest, openHouse, record } from '../test/house.ts'

browserTest('a field of what is chosen on the map', async (t, file) => {
  const house = await openHouse(t, file)
  const { page, url } = house
  const { registry } = house.service()
  for (let n = 1; n <= 6; n += 1) await registry.create(record(n), 'test', 'new')
  await page.goto(`${url}/map?at=118.842,32.342,15`)
  await house.signIn(page)
  await page.waitForFunction(() => document.querySelector('[aria-live=polite]')?.textContent?.includes('视野内 6'))
  const box = await page.locator('[data-map]').boundingBox()
  if (!box) throw new Error('the map has a place')
  await page.getByRole('button', { name: '框选' }).click()
  await page.mouse.click(box.x + 60, box.y + 60)
  await page.mouse.move(box.x + 200, box.y + 200, { steps: 4 })
  await page.mouse.click(box.x + box.width - 60, box.y + box.height - 60)
  await page.locator('[data-selection] li').nth(5).waitFor()
  await page.getByRole('button', { name: '批量修改' }).click()
  const dialog = page.locator('.el-dialog')
  await dialog.waitFor()
  await page.locator('#bulk-value').fill('六合区城管局')
  await page.locator('#bulk-why').fill('移交')
  t.same(await faults(page), [])
  await dialog.getByRole('button', { name: '开始' }).click()
  await page.getByText('完成：成功 6，失败 0。').waitFor()
  for (let n = 1; n <= 6; n += 1) t.match(await registry.camera(record(n).code ?? ''), { declared: { managementUnit: '六合区城管局' } })
  await dialog.getByRole('button', { name: '撤销' }).click()
  await page.waitForFunction(() => document.querySelector('.el-dialog [role=status]')?.textContent?.includes('6'))
  t.match(await registry.camera(record(1).code ?? ''), { declared: { managementUnit: '六合分局' } })
  t.same(house.complaints, [])
})
