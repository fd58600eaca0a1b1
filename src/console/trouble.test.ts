// What goes wrong while somebody works: the session ends, the service restarts, the network is gone, a text is far too long. Nothing typed is lost. Real service, real browser.
import { browserTest, openHouse, password, record } from './test/house.ts'

browserTest('nothing typed is lost', async (t, file) => {
  const house = await openHouse(t, file)
  const { page, url } = house
  const code = record(1).code ?? ''
  await house.service().registry.create(record(1), 'test', 'new')
  await page.goto(`${url}/cameras/${code}/edit`)
  await house.signIn(page)
  await page.getByLabel('点位俗称').waitFor()
  const declared = async () => (await house.service().registry.camera(code))?.declared

  await t.test('the session ends in the middle of a form: the password is asked for over it', async (t) => {
    await page.getByLabel('点位俗称').fill('老菜场')
    await house.context.request.delete(`${url}/api/v1/session`, { headers: { origin: url } })
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByText('页面上的内容都还在').waitFor()
    t.equal(await page.locator('#login-name').inputValue(), 'admin')
    await page.locator('#login-password').fill('wrong one here')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByText('账号或密码不对').waitFor()
    await page.locator('#login-password').fill(password)
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.locator('#login-password').waitFor({ state: 'detached' })
    t.equal(await page.getByLabel('点位俗称').inputValue(), '老菜场')
    t.match(new URL(page.url()).pathname, /\/edit$/, 'on the page one was on')
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByText('档案已保存').waitFor()
    t.match(await declared(), { commonName: '老菜场' })
  })

  await t.test('the service is away: said once, nothing lost; it is back by itself', async (t) => {
    await page.getByLabel('点位俗称').fill('新菜场')
    await house.stop()
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByText('服务没有应答，正在重试').waitFor()
    t.equal(await page.getByLabel('点位俗称').inputValue(), '新菜场')
    await house.start()
    await page.getByText('服务没有应答，正在重试').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByText('档案已保存').waitFor()
    t.match(await declared(), { commonName: '新菜场' }, 'the session of before holds too')
  })

  await t.test('a list that cannot be loaded says so, and loads when the network is back', async (t) => {
    await house.context.setOffline(true)
    await page.getByRole('button', { name: '取消' }).click()
    await page.keyboard.press('Escape')
    await page.getByText('服务没有应答，正在重试').waitFor()
    await house.context.setOffline(false)
    await page.getByText('服务没有应答，正在重试').waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: '申报 / 上报 / 核实' }).waitFor()
    t.match(new URL(page.url()).pathname, `/cameras/${code}`, 'a page that could not be fetched comes by itself')
  })

  await t.test('10,000 characters: all of them stay in the field, and the form says how many are too many', async (t) => {
    await page.goto(`${url}/cameras/${code}/edit`)
    const long = '长'.repeat(10_000)
    await page.getByLabel('安装地址').fill(long)
    await page.getByText('10000 字，最多 500 字').waitFor()
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByText('“安装地址”太长').waitFor()
    t.equal((await page.getByLabel('安装地址').inputValue()).length, 10_000)
    await page.getByLabel('安装地址').fill('<b onclick="alert(1)">棠城路</b>')
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByText('档案已保存').waitFor()
    t.equal(await page.locator('b[onclick]').count(), 0)
  })

  await t.test('an address typed by hand breaks nothing', async (t) => {
    for (const path of ['/cameras?class=77&cursor=nonsense&page=-3&sort=evil', '/findings?state=x&rule=%00', '/findings/99999', '/imports/none', '/cameras/%3Cscript%3E', '/admin/audit?from=yesterday', '/nowhere/at/all', '/?area=banana']) {
      await page.goto(url + path)
      await page.locator('main h1, .el-drawer').first().waitFor()
      t.equal(await page.getByText('页面出了意外的错误').count(), 0, path)
    }
  })
  // Parts of the console that could not be fetched while there was no service are the browser's own words.
  t.same(house.complaints.filter((words) => !/dynamically imported module|Unable to preload CSS/.test(words)), [])
})
