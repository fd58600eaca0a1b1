// A record in the console: made, put right where its rules say so, and changed by two people at once. The real service, the real pages, a real browser.
import { chromium } from 'playwright-core'
import t from 'tap'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog, systemRandom } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { fieldTable } from '../registry/index.ts'
import { startService } from '../service/start.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const given = process.env['CHROMIUM']
const browserFile = (given === undefined ? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] : [given]).find((file) => existsSync(file))
const password = 'console-test-password'
const code = '32011600001320000101'

if (browserFile === undefined) {
  const words = 'browser test skipped: no Chromium found (set CHROMIUM to its path)'
  process.stderr.write(`${words}\n`)
  t.plan(0, words)
} else {
  t.test('a record is made, put right and changed', async (t) => {
    if (!existsSync(join(here, '../../dist/console/index.html'))) {
      const { build } = await import('vite')
      await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' })
    }
    const dataDir = await mkdtemp(join(tmpdir(), 'yiji-record-'))
    t.teardown(() => rm(dataDir, { recursive: true, force: true }))
    const first = 20_000 + 2 * (systemRandom(2).readUInt16BE() % 5_900)
    const service = await startService(
      loadConfig({ YIJI_DATA_DIR: dataDir, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_MEDIA_PORTS: `${first}-${first + 99}`, YIJI_ADMIN_PASSWORD: password }, join(dataDir, 'no-file.yaml')),
      silentLog,
    )
    t.teardown(() => service.close())
    const browser = await chromium.launch({ executablePath: browserFile, args: flags })
    t.teardown(() => browser.close())
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    const field = (name: string) => page.locator(`[data-field="${name}"]`)
    const save = () => page.getByRole('button', { name: '保存' }).click()

    await t.test('made: labels, codes and marks are the field table’s', async (t) => {
      await page.goto(`${service.url}/cameras`)
      await page.getByLabel('账号').fill('admin')
      await page.getByLabel('密码').fill(password)
      await page.getByRole('button', { name: '登录' }).click()
      await page.getByRole('link', { name: '新建档案' }).click()
      await page.getByLabel('设备编码').waitFor()
      t.equal(await page.locator('[data-field]').count(), fieldTable.length)
      await save()
      await page.getByText('请填写设备编码').waitFor()
      await page.getByLabel('设备编码').fill('3201160000132')
      await save()
      await page.getByText('设备编码应为20位数字，现为').first().waitFor()
      await page.getByLabel('设备编码').fill(code)
      await field('class').locator('select').selectOption('1')
      t.equal(await field('recordDays').getByText('必填').count(), 1, 'mandatory for the class that was chosen')
      await field('class').locator('select').selectOption('2')
      t.equal(await field('recordDays').getByText('必填').count(), 0)
      await field('functionType').locator('select').selectOption('5')
      await field('functionType').locator('select').selectOption('1')
      t.match(await field('functionType').innerText(), /5 普通监控[\s\S]*1 车辆卡口/)
      await page.getByLabel('行政区域').fill('320124')
      await field('area').getByText('江苏省南京市溧水县（已撤销，现为 江苏省南京市溧水区）').waitFor()
      await page.getByLabel('行政区域').fill('320116')
      await field('area').getByText('江苏省南京市六合区').waitFor()
      await page.getByLabel('经度').fill('32.34')
      await page.getByLabel('纬度').fill('118.84')
      await field('installedAt').locator('input').fill('2021-03-05')
      await save()
      await page.getByText(/档案已保存，有 \d+ 处/).waitFor()
      t.equal(new URL(page.url()).pathname, `/cameras/${code}/edit`)
      await field('longitude').getByText('经度与纬度疑似填反').waitFor()
      await field('address').getByText('缺少安装地址').waitFor()
      t.match((await service.registry.camera(code))?.declared, { code, class: '2', functionType: '5/1', area: '320116', installedAt: '2021-03-05' })
    })

    await t.test('put right: only what was changed is sent, with the reason', async (t) => {
      await page.getByLabel('经度').fill('118.847231')
      await page.getByLabel('纬度').fill('32.341872')
      await field('functionType').getByRole('button', { name: /去掉 1/ }).click()
      await page.getByLabel('修改说明').fill('现场核对')
      await save()
      await field('longitude').getByText('疑似填反').waitFor({ state: 'detached' })
      const changes = (await service.registry.history(code)).slice(1)
      t.same(changes.map((change) => change.field).sort(), ['functionType', 'latitude', 'longitude'])
      t.ok(changes.every((change) => change.why === '现场核对'))
      await save()
      await page.getByText('没有改动').waitFor()
    })

    await t.test('somebody else was quicker: nothing is lost, nothing is overwritten unseen', async (t) => {
      await page.getByLabel('设备名称').fill('棠城路口')
      await page.getByLabel('安装地址').fill('棠城路1号')
      await service.registry.change(code, { name: '棠城路北口', model: 'DS-2CD' }, 'colleague', 'renamed')
      await save()
      await page.getByText('别人改过这份档案').waitFor()
      await page.getByText('别人改了：设备型号').waitFor()
      await page.getByText('对方改为“棠城路北口”，您填的是“棠城路口”').waitFor()
      t.equal((await service.registry.camera(code))?.declared.name, '棠城路北口', 'not written yet')
      t.equal(await page.getByLabel('设备型号').inputValue(), 'DS-2CD')
      await page.getByRole('button', { name: '用对方的' }).click()
      await save()
      await page.getByText('档案已保存').waitFor()
      t.match((await service.registry.camera(code))?.declared, { name: '棠城路北口', address: '棠城路1号', model: 'DS-2CD' })
    })

    await t.test('unsaved words are not thrown away by a slip', async (t) => {
      await page.getByLabel('点位俗称').fill('老菜场')
      page.once('dialog', (dialog) => void dialog.dismiss())
      await page.keyboard.press('Escape')
      await page.waitForTimeout(600)
      t.equal(await page.getByLabel('点位俗称').inputValue(), '老菜场')
      page.once('dialog', (dialog) => void dialog.accept())
      await page.getByRole('button', { name: '取消' }).click()
      await page.getByRole('tab', { name: '申报 / 上报 / 核实' }).waitFor()
      await page.getByRole('button', { name: '编辑档案' }).waitFor()
    })
    t.same(complaints, [])
  })
}
