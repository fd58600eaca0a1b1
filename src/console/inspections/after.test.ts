// What comes after a check, by the persons it concerns: an assessor reviews by keys, an editor appeals with a file, the assessor decides, other rules are tried,
// and what is handed out arrives whole. Real service, simulated cameras, real browser.
import type { Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ScenarioChannel, ScenarioDevice } from '../../simulator/index.ts'
import { camera, faults, house, inBrowser, password, area, type House } from '../test/browser.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const seen = (device: ScenarioDevice, picture: ScenarioChannel['picture']): ScenarioDevice => ({ ...device, channels: device.channels.map((channel) => ({ ...channel, picture })) })
const devices = [camera(1, '泰山路'), seen(camera(2, '雄州南路'), 'blurred'), seen(camera(3, '棠城北门'), 'fog')]

interface Answered {
  readonly id: string
  readonly state: string
  readonly checks: readonly { readonly n: number; readonly camera: { readonly id: string; readonly name: string }; readonly verdict: { readonly result: string; readonly reasons: readonly string[] } }[]
  readonly reviews: readonly { readonly n: number; readonly result: string; readonly reason: string; readonly by: string }[]
}

async function asked<T>(house: House, path: string, body?: object): Promise<T> {
  const url = `${house.service.url}/api/v1${path}`
  const answer = body ? await house.context.request.post(url, { data: body }) : await house.context.request.get(url)
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
  return (await answer.json()) as T
}

async function inspected(house: House, body: object): Promise<Answered> {
  const { id } = await asked<{ id: string }>(house, '/inspections', body)
  for (const until = Date.now() + 120_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 300))) {
    const detail = await asked<Answered>(house, `/inspections/${id}`)
    if (detail.state === 'done') return detail
  }
  throw new Error(`inspection ${id} did not end`)
}

/** The demonstration's rules as their author would send them, and what its reasons do. */
async function demoRules(house: House): Promise<Record<string, unknown> & { readonly demo: object }> {
  const rules = await asked<Record<string, unknown>>(house, '/rule-sets/demo')
  const plain = Object.entries(rules).filter(([key]) => !['version', 'sha256', 'note', 'by', 'atMs', 'isShipped', 'area', 'versions'].includes(key))
  return { ...Object.fromEntries(plain), demo: (rules['judgement'] ?? {}) as object }
}

/** A page of somebody else, in a browser of their own. */
async function as(house: House, name: string, role: string): Promise<Page> {
  await asked(house, '/users', { name, password, role, area })
  const context = await house.context.browser()?.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true })
  if (!context) throw new Error('there is a browser')
  context.setDefaultTimeout(30_000)
  await context.request.post(`${house.service.url}/api/v1/session`, { data: { name, password, want: 'cookie' } })
  const page = await context.newPage()
  page.on('pageerror', (error) => house.complaints.push(error.message))
  page.on('console', (message) => {
    if ((message.type() === 'error' && !message.text().startsWith('Failed to load resource')) || /Vue warn|intlify/i.test(message.text())) house.complaints.push(message.text())
  })
  return page
}

/** The file that a link hands out, on disk. */
async function taken(part: Page | Locator, name: string, folder: string): Promise<string> {
  const page = 'page' in part ? part.page() : part
  const [download] = await Promise.all([page.waitForEvent('download'), part.getByRole('link', { name, exact: true }).click()])
  const file = join(folder, download.suggestedFilename())
  await download.saveAs(file)
  return file
}

inBrowser('after the checks', async (t: Test) => {
  t.setTimeout(240_000)
  const home = await house(t, { devices, path: '/inspections' })
  const { service } = home
  const folder = await mkdtemp(join(tmpdir(), 'yiji-after-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  // Two cores may be slow, and the records of these cameras are not what this is about.
  const { demo, ...own } = await demoRules(home)
  await asked(home, '/rule-sets', { rules: { ...own, name: 'calm', response: { slowMs: 30_000 }, judgement: { ...demo, 'record-doubtful': 'note' } }, note: 'for the test' })
  const first = await inspected(home, { area, strata: [{ class: '1', count: 3 }], rules: 'calm' })
  const last = await inspected(home, { sampleOf: first.id, rules: 'calm', area })
  const of = (name: string): Answered['checks'][number] => {
    const found = last.checks.find((check) => check.camera.name === name)
    if (!found) throw new Error(`${name} was not checked`)
    return found
  }
  t.same(['泰山路', '雄州南路', '棠城北门'].map((name) => of(name).verdict.result), ['pass', 'review', 'review'])
  t.match([of('雄州南路').verdict.reasons, of('棠城北门').verdict.reasons], [['unclear'], ['undetermined-sharpness']])
  const [one, two] = [of('雄州南路'), of('棠城北门')].toSorted((x, y) => x.n - y.n)
  if (!one || !two) throw new Error('two wait')
  const again = (): Promise<Answered> => asked<Answered>(home, `/inspections/${last.id}`)
  const assessor = await as(home, 'chief', 'assessor')
  const editor = await as(home, 'keeper', 'editor')

  await t.test('an assessor works through the bench by keys', async (t) => {
    await assessor.goto(`${service.url}/inspections/${last.id}`)
    await assessor.getByRole('link', { name: '复核台' }).click()
    await assessor.getByText('2 路待处理').waitFor()
    const title = (n: number): Promise<void> => assessor.getByRole('heading', { name: new RegExp(`第 ${n} 路`) }).waitFor()
    await title(one.n)
    await assessor.keyboard.press('?')
    await assessor.getByText('同意机器结论（疑点成立）').waitFor()
    t.same(await faults(assessor), [], 'the help')
    await assessor.keyboard.press('Escape')
    await assessor.locator('.el-overlay').waitFor({ state: 'hidden' })
    await assessor.waitForFunction(() => (document.querySelector<HTMLImageElement>('.now img')?.naturalWidth ?? 0) > 0)
    await assessor.keyboard.press('z')
    await assessor.getByText('300 %').waitFor()
    await assessor.keyboard.press('z')
    await assessor.keyboard.press('j')
    await title(two.n)
    await assessor.keyboard.press('k')
    await title(one.n)
    // Words that were begun are kept for each check, whatever is looked at meanwhile; who leaves the bench is told.
    await assessor.getByLabel('理由').fill('写到一半')
    await assessor.getByRole('navigation').getByRole('button', { name: new RegExp(`^${two.n} `) }).click()
    await title(two.n)
    t.equal(await assessor.getByLabel('理由').inputValue(), '')
    await assessor.getByText('草稿', { exact: true }).waitFor()
    await assessor.getByRole('navigation').getByRole('button', { name: new RegExp(`^${one.n} `) }).click()
    await title(one.n)
    t.equal(await assessor.getByLabel('理由').inputValue(), '写到一半')
    await assessor.getByRole('link', { name: '核查', exact: true }).click()
    await assessor.getByRole('dialog').getByText('有 1 路写了文字还没有提交').waitFor()
    await assessor.getByRole('dialog').getByRole('button', { name: '取消' }).click()
    await assessor.locator('.el-overlay').waitFor({ state: 'hidden' })
    await assessor.getByLabel('理由').fill('')
    await assessor.getByText('草稿', { exact: true }).waitFor({ state: 'detached' })
    // From here on by keys alone: out of the field, to the next and back, a verdict wanted, its reason, the verdict sent.
    await assessor.getByLabel('理由').press('Escape')
    await assessor.keyboard.press('j')
    await title(two.n)
    await assessor.keyboard.press('k')
    await title(one.n)
    await assessor.keyboard.press('c')
    await assessor.getByText('请写明理由').waitFor()
    await assessor.keyboard.press('Escape')
    await assessor.keyboard.press('4')
    t.equal(await assessor.getByLabel('理由').inputValue(), '画面模糊，人车难辨')
    t.same(await faults(assessor), [], 'the bench')
    await assessor.keyboard.press('c')
    await title(two.n)
    await assessor.keyboard.press('o')
    await assessor.keyboard.type('大雾天气，画面属实')
    await assessor.keyboard.press('Enter')
    await assessor.getByText('这次核查没有待处理的了。').waitFor()
    t.same((await again()).reviews.map(({ n, result, reason, by }) => ({ n, result, reason, by })), [
      { n: one.n, result: 'fail', reason: '画面模糊，人车难辨', by: 'chief' },
      { n: two.n, result: 'pass', reason: '大雾天气，画面属实', by: 'chief' },
    ])
  })

  await t.test('a check shows its picture beside the baseline, figures with their bounds, and the attempt in time', async (t) => {
    await assessor.goto(`${service.url}/inspections/${last.id}/checks/${of('泰山路').n}`)
    await assessor.waitForFunction(() => ['.now img', '.before img'].every((each) => (document.querySelector<HTMLImageElement>(each)?.naturalWidth ?? 0) > 0))
    await assessor.getByText('基准画面', { exact: true }).waitFor()
    t.match(await assessor.locator('.before img').getAttribute('src'), first.id, 'of the inspection before')
    await assessor.getByRole('button', { name: '看网格' }).click()
    t.equal(await assessor.locator('.pair canvas').count(), 2)
    const row = assessor.getByRole('row', { name: /出图时间/ })
    t.match(await row.innerText(), /ms[\s\S]*30000 ms[\s\S]*response\.slowMs = 30000/)
    t.match(await assessor.getByRole('img', { name: /INVITE 0 ms/ }).first().getAttribute('aria-label'), /200 .*首包.*关键帧.*画面/)
    await assessor.getByRole('link', { name: /pcapng/ }).first().waitFor()
    await assessor.getByRole('button', { name: '留存证据' }).click()
    await assessor.getByLabel('留存原因').fill('拟复议')
    await assessor.getByRole('button', { name: '留存证据' }).click()
    await assessor.getByText('拟复议').waitFor()
    await home.page.goto(`${service.url}/admin/keeping`)
    await home.page.getByRole('region', { name: '人为保留的证据' }).getByText('拟复议').waitFor()
    await assessor.getByRole('button', { name: '解除留存' }).click()
    await assessor.getByLabel('解除原因').fill('已结')
    await assessor.getByRole('button', { name: '解除留存' }).click()
    await assessor.getByText(/chief 于 .* 解除：已结/).waitFor()
    await assessor.getByRole('button', { name: '申请复检' }).click()
    await assessor.getByLabel('复检原因').fill('再看一次')
    await assessor.getByRole('button', { name: '提交', exact: true }).click()
    await assessor.getByText('复检结果', { exact: true }).waitFor()
    t.same(await faults(assessor), [])
  })

  await t.test('an editor appeals with a file, and the assessor decides', async (t) => {
    const { n } = one
    const notice = join(folder, '检修通知.txt')
    await writeFile(notice, '镜头检修，11 月 22 日恢复')
    await editor.goto(`${service.url}/inspections/${last.id}/checks/${n}`)
    await editor.getByRole('button', { name: '提出申诉' }).click()
    await editor.getByRole('button', { name: '提交申诉' }).click()
    await editor.getByText('请写明为什么结论不对').waitFor()
    await editor.getByLabel('申诉内容').fill('镜头检修中，已报备')
    await editor.getByLabel(/^附件/).setInputFiles(notice)
    await editor.getByRole('button', { name: '提交申诉' }).click()
    await editor.getByText('待裁定', { exact: true }).waitFor()
    const file = await taken(editor.locator('.appeals'), '检修通知.txt', folder)
    t.equal(await readFile(file, 'utf8'), '镜头检修，11 月 22 日恢复')
    t.equal(await editor.getByLabel('理由').count(), 0, 'an editor does not review')
    t.equal(await editor.getByRole('button', { name: '裁定' }).count(), 0, 'nor decide')

    await assessor.goto(`${service.url}/inspections/${last.id}/review`)
    await assessor.getByText('1 路待处理').waitFor()
    await assessor.getByText('申诉待裁定').waitFor()
    await assessor.getByRole('button', { name: '裁定', exact: true }).click()
    await assessor.getByLabel('裁定说明').fill('报备属实，待恢复后复检')
    await assessor.getByLabel('支持，改为合格').check()
    await assessor.getByRole('button', { name: '提交裁定' }).click()
    await assessor.getByText('0 路待处理').waitFor()
    t.match((await again()).reviews.at(-1), { n, result: 'pass', by: 'chief', reason: '报备属实，待恢复后复检' })
    await editor.goto(`${service.url}/inspections/${last.id}/checks/${n}`)
    await editor.getByText('支持申诉 1，判为合格：报备属实，待恢复后复检').waitFor()
    await editor.getByText('已支持', { exact: true }).waitFor()
  })

  await t.test('another rule set is tried on the recordings, and shows what changes', async (t) => {
    await asked(home, '/rule-sets', { rules: { ...own, name: 'strict', response: { slowMs: 1 }, judgement: demo }, note: 'for the trial' })
    await assessor.goto(`${service.url}/inspections/${last.id}/after?tab=rules`)
    await assessor.getByText('还没有试算过。').waitFor()
    await assessor.getByLabel('规则集').selectOption('strict@1')
    await assessor.getByText('response.slowMs').waitFor({ state: 'attached' })
    await assessor.getByRole('button', { name: '开始试算' }).click()
    await assessor.getByText(/^3 \/ 3 路；/).waitFor()
    const row = await assessor.getByRole('row', { name: /泰山路/ }).innerText()
    t.match(row, /合格[\s\S]*出图慢于规则/, 'old and new side by side')
    t.match(row, /原按 .+ 判定，现按 strict 1 计算/, 'in the language of the page')
    t.notMatch(row, /judged by|attempts\.|→ absent/)
    t.match(new URL(assessor.url()).searchParams.get('j'), /^j-/, 'it has an address')
    t.equal((await again()).checks.find(({ n }) => n === of('泰山路').n)?.verdict.result, 'pass', 'what stands does not change')
    t.same(await faults(assessor), [])
  })

  await t.test('the report is seen and taken in every form', async (t) => {
    await assessor.goto(`${service.url}/inspections/${last.id}/after`)
    const frame = assessor.frameLocator('iframe')
    await frame.getByText('泰山路').first().waitFor()
    t.same(await faults(assessor), [])
    const starts = { 'Word (docx)': 'PK', 'Excel (xlsx)': 'PK', HTML: '<!doctype', JSON: '{', '联系表 HTML': '<!doctype', '联系表 JPEG': '\u{ff}\u{d8}' }
    for (const [name, start] of Object.entries(starts)) {
      const bytes = await readFile(await taken(assessor, name, folder))
      t.ok(bytes.length > 1000 && bytes.toString('latin1').toLowerCase().startsWith(start.toLowerCase()), name)
    }
  })

  await t.test('the package says what is in it, and is proved elsewhere', async (t) => {
    await assessor.goto(`${service.url}/inspections/${last.id}/after?tab=package`)
    t.match(await assessor.getByRole('row', { name: /录制/ }).innerText(), /[1-9][\s\S]*[KM]iB/)
    t.same(await faults(assessor), [])
    const zip = await taken(assessor, '下载证据包', folder)
    t.ok((await stat(zip)).size > 10_000)
    const command = await assessor.locator('code.command').innerText()
    t.match(command, basename(zip), 'the command names the file that came')
    const key = /--key ([0-9a-f]{64})/.exec(command)?.[1] ?? ''
    const { stdout } = await run(process.execPath, [join(root, 'bin/yiji.js'), 'verify', zip, '--key', key], { cwd: root })
    t.match(stdout, 'everything is in order')
    // One's own word is no second opinion: said in a line, and nothing kept.
    const [folderPage, link] = [await assessor.context().newPage(), `${service.url}/inspections/${last.id}/checks/${of('泰山路').n}`]
    await folderPage.goto(link)
    await folderPage.getByLabel('上传其他节点的证据包').setInputFiles(zip)
    await folderPage.getByText(/没有收下：/).waitFor()
    await folderPage.getByText('没有其他节点的意见').waitFor()
    await folderPage.close()
    await assessor.getByLabel('画面', { exact: false }).uncheck()
    await assessor.getByLabel('范围').selectOption(String(of('泰山路').n))
    const url = new URL(assessor.url())
    t.same([url.searchParams.get('parts'), url.searchParams.get('check')], ['recordings,keyframes', String(of('泰山路').n)])
    const part = await taken(assessor, '下载证据包', folder)
    t.ok((await stat(part)).size < (await stat(zip)).size)
  })

  await t.test('it is held beside the last one, and the district is summed up', async (t) => {
    await assessor.goto(`${service.url}/inspections/${last.id}/after?tab=comparison`)
    await assessor.getByText('两次均核查的摄像机').waitFor()
    await assessor.getByRole('cell', { name: '雄州南路' }).waitFor()
    t.same(await faults(assessor), [])
    await assessor.getByLabel('与哪次比较').selectOption(first.id)
    await assessor.waitForURL(/with=/)
    const workbook = await readFile(await taken(assessor, 'Excel (xlsx)', folder))
    t.equal(workbook.subarray(0, 2).toString(), 'PK')
    await assessor.goto(`${service.url}/inspections`)
    await assessor.getByRole('link', { name: '区域汇总' }).click()
    await assessor.getByText(/2 次核查/).waitFor()
    t.same(await faults(assessor), [])
    await assessor.getByLabel('至', { exact: true }).fill('2020-01-31')
    await assessor.getByLabel('自', { exact: true }).fill('2020-01-01')
    await assessor.keyboard.press('Tab')
    await assessor.getByText('这段时间没有完成的核查').waitFor()
    t.match(assessor.url(), /from=2020-01-01/)
  })

  t.same(home.complaints, [])
})
