// Each role sees what it may; axe-core finds no serious fault on any page, light and dark, in both languages; nothing moves while a page comes, nothing sticks out on a phone. Real service, real browser.
import type { Page } from 'playwright-core'
import { violationsOf } from './test/axe.ts'
import { area, browserTest, openHouse, password, record, type House } from './test/house.ts'

/** Sum of what moved without being asked to, since the page was opened (Layout Instability: a share of the window times the way it went). */
const watchShifts = `window.shifts = []; new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push([entry.value, entry.sources.map(({ node }) => node && (node.className || node.nodeName)).join(' ')]) }).observe({ type: 'layout-shift', buffered: true })`
const mostShift = 0.05
/** What people use on a phone, and what their finger goes for there. */
const phonePages = [['/', 'table.classes'], ['/cameras', 'table.records tbody tr'], ['/findings', 'table.list tbody tr'], ['/inspections', '.note'], ['/live', '.grid'], ['/account', 'form']] as const

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
    ['/live', '.grid'], ['/live/streams', '.note'], ['/map', 'canvas'], ['/admin/keeping', 'dl.facts'],
  ]
}

/** The page stays: its words change where they stand. A drawer may lie over the button, so it is pressed by the page itself. */
async function speak(page: Page, lang: string): Promise<void> {
  await page.locator(`html[lang]`).waitFor({ state: 'attached' })
  if ((await page.locator('html').getAttribute('lang')) === lang) return
  const button = page.getByRole('button', { name: lang === 'en' ? 'English' : '中文', exact: true, includeHidden: true }).first()
  await button.waitFor({ state: 'attached' })
  await button.dispatchEvent('click')
  await page.locator(`html[lang="${lang}"]`).waitFor({ state: 'attached' })
}

/** Nothing is being loaded any more. */
const isQuiet = (page: Page): Promise<unknown> => page.waitForFunction(() => document.querySelector('main h1') !== null && document.querySelector('main [aria-busy="true"]') === null)

browserTest('pages for everybody', async (t, file) => {
  const house = await openHouse(t, file)
  const { page, url } = house
  await page.addInitScript(watchShifts)
  await page.goto(`${url}/login`)
  await page.locator('#login-name').waitFor()
  t.same(await faults(page), [], 'the way in')
  await house.signIn(page)
  const pages = await pagesOf(house)
  await t.test('no serious fault: light and in Chinese, dark and in English', async (t) => {
    for (const [path, until] of pages) {
      await page.goto(url + path)
      await page.locator(until).first().waitFor()
      await isQuiet(page)
      const moved = await page.evaluate<readonly [number, string][]>('shifts')
      t.ok(moved.reduce((sum, [share]) => sum + share, 0) <= mostShift, `${path}: nothing moves by itself: ${JSON.stringify(moved)}`)
      for (const [scheme, lang] of [['light', 'zh-CN'], ['dark', 'en']] as const) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        await speak(page, lang)
        await page.locator(until).first().waitFor()
        // Colours are measured when a drawer has come to rest.
        await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
        t.same(await faults(page), [], `${path} ${scheme} ${lang}`)
        t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} ${lang}: nothing sticks out at 1280`)
      }
    }
  })

  await t.test('on a phone: nothing sticks out, the menu can be reached, a finger hits what it goes for', async (t) => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    for (const [path, until] of [...phonePages, [pages.find(([each]) => each.startsWith('/cameras/3'))?.[0] ?? '', 'table.sides'] as const]) {
      await page.goto(url + path)
      await page.locator(until).first().waitFor()
      t.same(await page.evaluate(() => (document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('main *, header *')].filter((each) => each.getBoundingClientRect().right > innerWidth && !each.closest('.scroll *')).map((each) => `${each.nodeName} ${each.className}`))), [], `${path}: nothing sticks out at 390`)
    }
    await page.goto(`${url}/`)
    await page.locator('table.classes').waitFor()
    for (const link of await page.locator('nav a').all()) {
      const box = await link.boundingBox()
      t.ok(box && box.height >= 40 && box.width >= 40 && box.x >= 0 && box.x + box.width <= 390, `${await link.innerText()} is in reach: ${JSON.stringify(box)}`)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  await t.test('each role sees what it may', async (t) => {
    const offers: Readonly<Record<string, readonly string[]>> = {
      editor: ['New record', 'Import', 'Check again'], assessor: ['Check again', 'New inspection'], viewer: [],
    }
    for (const [role, may] of Object.entries(offers)) {
      t.equal((await house.context.request.post(`${url}/api/v1/users`, { data: { name: role, password, role, area }, headers: { origin: url } })).status(), 201)
      const own = await house.browser.newContext({ viewport: { width: 1280, height: 800 } })
      own.setDefaultTimeout(30_000)
      const view = await own.newPage()
      await view.goto(`${url}/cameras`)
      await house.signIn(view, role)
      await view.locator('table.records tbody tr').first().waitFor()
      await view.getByRole('button', { name: 'English' }).click()
      const seen = new Set<string>()
      for (const path of ['/cameras', '/findings', '/inspections', '/admin']) {
        await view.goto(url + path)
        await isQuiet(view)
        if (path === '/cameras' || path === '/findings') await view.locator('main table.list tbody tr, main .note').first().waitFor()
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
