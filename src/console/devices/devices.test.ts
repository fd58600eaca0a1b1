// Devices and recordings in a real browser: a stranger is let in with its password and comes online, another is refused; its trace, channels and control; a day of
// recordings is played, steered and fetched.
import type { Test } from 'tap'
import { camera, faults, house, inBrowser, type House } from '../test/browser.ts'

const [first, second] = [camera(1, '东大门'), camera(2, '西大门')]
const devicePassword = 'device-password'

async function admit({ page, service, fleet }: House, t: Test): Promise<void> {
  await page.getByText('等待准入').nth(1).waitFor()
  const row = (id: string) => page.locator('table.list tbody tr', { hasText: id })
  t.equal(fleet.figures().registered, 0, 'nobody is in without a password')
  await row(second.id).getByRole('button', { name: '拒绝' }).click()
  await page.getByText('它的注册将一律不受理').waitFor()
  await page.locator('.el-message-box').getByRole('button', { name: '拒绝' }).click()
  await row(second.id).getByText('已拒绝').waitFor()
  t.match(await service.registry.device(second.id), { approved: false, settings: { isRefused: true } })

  await row(first.id).getByRole('button', { name: '准入' }).click()
  await page.getByLabel('设备的 SIP 密码').fill(devicePassword)
  t.same(await faults(page), [])
  await page.locator('.el-dialog').getByRole('button', { name: '准入' }).click()
  await row(first.id).getByText('在线').waitFor({ timeout: 60_000 })
  t.pass('it is let in, registers and is online')
  // The refused one knows the same password and may not use it.
  await service.registry.setPassword(second.id, devicePassword)
  await service.registry.refuse(second.id)
  t.equal(fleet.device(second.id)?.isRegistered(), false)
}

async function look({ page, fleet }: House, t: Test): Promise<void> {
  await page.locator('table.list tbody tr', { hasText: first.id }).getByRole('link').click()
  await page.getByRole('img', { name: /在线情况/ }).waitFor()
  await page.waitForTimeout(400)
  t.same(await faults(page), [])
  await page.getByRole('button', { name: '重新查询目录' }).click()
  await page.getByText('目录已更新：1 个通道').waitFor()
  await page.getByRole('tab', { name: /通道/ }).click()
  await page.getByRole('tabpanel').getByRole('link', { name: '东大门' }).waitFor()
  await page.getByRole('tab', { name: '诊断' }).click()
  await page.locator('[data-stage-name=keepalive]').waitFor()
  t.equal(await page.locator('[data-stage-name]').count(), 6)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: '下载信令' }).click()
  t.match((await download).suggestedFilename(), /^trace-\d{20}\.pcapng$/)
  t.same(await faults(page), [])

  await page.getByRole('tab', { name: '控制' }).click()
  const state = () => fleet.device(first.id)?.state()
  const until = async (check: () => boolean, what: string): Promise<void> => {
    for (let n = 0; n < 400 && !check(); n++) await page.waitForTimeout(25)
    t.ok(check(), what)
  }
  await page.getByRole('button', { name: '布防' }).click()
  await until(() => state()?.isGuarded === true, 'armed')
  await page.getByRole('button', { name: '停止录像' }).click()
  await page.locator('.el-message-box').getByRole('button', { name: '确定' }).click()
  await until(() => state()?.isRecording === false, 'recording stops, after a question')
  await page.getByRole('button', { name: '查询存储卡' }).click()
  await page.getByText(/可用 .* MB/).waitFor()
  await page.getByRole('button', { name: '格式化' }).click()
  await page.getByText('不能恢复').waitFor()
  await page.locator('.el-message-box').getByRole('button', { name: '取消' }).click()
  t.equal(state()?.freeSpace, 40, 'who thinks better of it loses nothing')
  await page.waitForTimeout(300)
  t.same(await faults(page), [])
}

async function playBack({ page, service }: House, t: Test): Promise<void> {
  await page.goto(`${service.url}/playback/${first.id}`)
  await page.getByText(/\d+ 段录像/).waitFor()
  const line = await page.locator('[data-timeline]').boundingBox()
  if (!line) throw new Error('there is a line')
  await page.getByRole('button', { name: '播放', exact: true }).first().click()
  const video = page.locator('[data-playback]')
  await page.waitForFunction(() => (document.querySelector<HTMLVideoElement>('[data-playback]')?.currentTime ?? 0) > 1)
  t.ok(await video.evaluate((element: HTMLVideoElement) => element.videoWidth > 0), 'a recording is played')
  await page.getByRole('button', { name: '暂停' }).click()
  await page.getByText('已暂停').waitFor()
  const stood = await page.locator('[data-position]').innerText()
  await page.waitForTimeout(2_500)
  t.equal(await page.locator('[data-position]').innerText(), stood, 'it stands still')
  await page.getByRole('button', { name: '继续' }).click()
  await page.waitForFunction((was) => document.querySelector('[data-position]')?.textContent !== was, stood)
  await page.getByLabel('倍速').selectOption('2')
  await page.waitForFunction(() => document.querySelector<HTMLVideoElement>('[data-playback]')?.playbackRate === 2)
  t.same(await faults(page), [])
  await page.getByRole('button', { name: '停止', exact: true }).click()
  const recordings = await page.evaluate(async (code) => {
    const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
    const from = Date.parse(`${day}T00:00:00Z`) - 8 * 3_600_000
    return ((await (await fetch(`/api/v1/cameras/${code}/recordings?from=${from}&to=${Date.now()}`)).json()) as { items: { startMs: number }[] }).items
  }, first.id)
  const start = new Date((recordings[0]?.startMs ?? 0) + 8 * 3_600_000).toISOString().slice(11, 19)
  const end = new Date((recordings[0]?.startMs ?? 0) + 8 * 3_600_000 + 5_000).toISOString().slice(11, 19)
  await page.getByLabel('从', { exact: true }).fill(start)
  await page.getByLabel('到', { exact: true }).fill(end)
  await page.getByRole('button', { name: '开始下载' }).click()
  await page.getByRole('link', { name: '保存文件' }).waitFor()
  t.pass('and fetched as a file')
}

inBrowser('devices', async (t) => {
  const all = await house(t, { devices: [first, second], environment: { YIJI_SIP_PASSWORD: '' }, registered: 0, path: '/devices' })
  for (const part of [admit, look, playBack]) await t.test(part.name, (t) => part(all, t))
  t.same(all.complaints, [])
})
