// Each role sees what it may; and axe-core finds no serious fault on any page, light and dark, in both languages. Real service, real browser.
import type { Page } from 'playwright-core'
import { violationsOf } from './test/axe.ts'
import { area, browserTest, openHouse, password, record, type House } from './test/house.ts'

/** Serious and critical ones, as `rule: where`. */
async function faults(page: Page): Promise<readonly string[]> {
  const found = (await violationsOf(page)).filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return found.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`))
}

async function pagesOf({ service }: House): Promise<readonly (readonly [string, string])[]> {
  const { registry } = service()
  for (let n = 1; n <= 12; n += 1) await registry.create(record(n, n % 4 === 0 ? { address: '', longitude: '32.34', latitude: '118.84' } : {}), 'test', 'new')
  const code = record(4).code ?? ''
  await registry.change(code, { model: 'DS' }, 'test', 'why')
  const n = (await registry.findings({ limit: 1 })).items[0]?.n ?? 1
  return [
    ['/', 'table.classes'], ['/cameras', 'table.records tbody tr'], ['/cameras?draft=false&area=320116', 'table.records tbody tr'], [`/cameras/${code}`, 'table.sides'], [`/cameras/${code}?tab=findings`, '.all li'], [`/cameras/${code}?tab=history`, 'table.changes'], [`/cameras/${code}?tab=presence`, '#record-panel p'],
    [`/cameras/${code}?tab=pictures`, '#record-panel button'], [`/cameras/${code}/edit`, '[data-field]'], ['/cameras/new', '[data-field]'], ['/findings', 'table.list tbody tr'], [`/findings/${n}`, 'dl.facts'], ['/imports', '.drop'], ['/inspections', '.note'], ['/devices', '.note'],
    ['/admin/accounts', 'table.list tbody tr'], ['/admin/exemptions', '.note'], ['/admin/audit', 'table.list tbody tr'], ['/admin/system', 'dl.facts'], ['/account', 'form'], ['/nowhere', '.note'],
  ]
}

browserTest('pages for everybody', async (t, file) => {
  const house = await openHouse(t, file)
  const { page, url } = house
  await page.goto(`${url}/login`)
  await page.locator('#login-name').waitFor()
  t.same(await faults(page), [], 'the way in')
  await house.signIn(page)
  const pages = await pagesOf(house)
  for (const [scheme, lang] of [['light', 'zh'], ['dark', 'en']] as const) {
    await t.test(`no serious fault: ${scheme}, ${lang}`, async (t) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.evaluate((chosen) => localStorage.setItem('yiji.lang', chosen), lang)
      for (const [path, until] of pages) {
        await page.goto(url + path)
        await page.locator(until).first().waitFor()
        // Colours are measured when a drawer has come to rest.
        await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
        t.same(await faults(page), [], path)
        t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path}: nothing sticks out at 1280`)
      }
    })
  }

  await t.test('each role sees what it may', async (t) => {
    const offers: Readonly<Record<string, readonly string[]>> = {
      editor: ['New record', 'Import', 'Check again'], assessor: ['Check again', 'New inspection'], viewer: [],
    }
    for (const [role, may] of Object.entries(offers)) {
      t.equal((await house.context.request.post(`${url}/api/v1/users`, { data: { name: role, password, role, area }, headers: { origin: url } })).status(), 201)
      const own = await house.browser.newContext({ viewport: { width: 1280, height: 800 } })
      own.setDefaultTimeout(30_000)
      const view = await own.newPage()
      await view.addInitScript(() => localStorage.setItem('yiji.lang', 'zh'))
      await view.goto(`${url}/cameras`)
      await house.signIn(view, role)
      await view.locator('table.records tbody tr').first().waitFor()
      await view.getByRole('button', { name: 'English' }).click()
      const seen = new Set<string>()
      for (const path of ['/cameras', '/findings', '/inspections', '/admin']) {
        await view.addInitScript(() => localStorage.setItem('yiji.lang', 'en'))
        await view.goto(url + path)
        await view.locator('main h1').first().waitFor()
        await view.waitForLoadState('networkidle')
        for (const name of ['New record', 'Import', 'Check again', 'New inspection', 'New account']) if ((await view.getByRole('button', { name, exact: true }).count()) + (await view.getByRole('link', { name, exact: true }).count()) > 0) seen.add(name)
      }
      t.same([...seen].sort(), [...may].sort(), role)
      const manages = role === 'assessor' ? 1 : 0
      t.equal(await view.getByRole('link', { name: 'Admin' }).count(), manages, `${role}: an assessor keeps the exemptions`)
      // By what rules verdicts come about is for everybody to read.
      t.equal(await view.locator('nav.parts a').count(), 1 + manages, role)
      t.equal(await view.locator('nav.parts a[href="/admin/rules"]').count(), 1)
      await own.close()
    }
  })

  await t.test('who must choose a password does that first', async (t) => {
    await house.context.request.post(`${url}/api/v1/users`, { data: { name: 'fresh', password, role: 'viewer', area, mustChangePassword: true }, headers: { origin: url } })
    const own = await house.browser.newContext({ viewport: { width: 1280, height: 800 } })
    own.setDefaultTimeout(30_000)
    const view = await own.newPage()
    await view.goto(`${url}/cameras`)
    await house.signIn(view, 'fresh')
    await view.getByText('请先修改密码').waitFor()
    t.equal(new URL(view.url()).pathname, '/account')
    await view.getByLabel('现在的密码').fill(password)
    await view.getByLabel('新密码', { exact: true }).fill('another long password')
    await view.getByLabel('再输一次新密码').fill('another long password')
    await view.getByRole('button', { name: '修改密码' }).click()
    await view.getByRole('heading', { name: '全区概览' }).waitFor()
    await own.close()
  })
  t.same(house.complaints, [])
})
