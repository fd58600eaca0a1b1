// A small district for pictures: records whole and with faults, channels without a record, accounts, an import that waits, simulated cameras.
import type { Fields } from '../../src/registry/index.ts'
import type { Service } from '../../src/service/start.ts'
import type { Scenario, ScenarioDevice } from '../../src/simulator/index.ts'

export const area = '320116'
const streets = ['泰山路与园林西路口', '龙津桥东桥头', '雄州南门公交站', '棠城东路社区服务站', '方州广场西北角', '延安北路小学门口', '瓜埠中心卫生院', '葛塘地铁站2口', '竹镇客运站', '六合经开区管委会']

const whole = (n: number): Fields => ({
  code: `320116000013200${String(n).padStart(5, '0')}`, name: `${streets[n % streets.length] ?? ''}${n < streets.length ? '' : String(Math.floor(n / streets.length))}`, manufacturer: String((n % 4) + 1), area, class: String((n % 3) + 1), functionType: '5', address: `雄州街道${String(n)}号`,
  longitude: `118.8${String(4000 + ((n * 37) % 900))}1`, latitude: `32.3${String(4000 + ((n * 53) % 900))}1`, positionType: '4', networking: 'networked', policeUnit: '320116510000', installedAt: '2024-05-01', managementUnit: n % 4 === 0 ? '六合区教育局' : '六合分局', contact: '025-55550100', recordDays: '90', status: '1', builtBy: '1',
})

const camera = (n: number, name: string, fault: 'ok' | 'busy'): ScenarioDevice => {
  const id = `3201160000132000090${n}`
  const channel = { id, name: n === 2 ? '桥头02' : name, codec: 'h264', picture: 'street', fault, record: { ...whole(n), code: id, name, class: String(n) }, truth: { result: 'pass', reasons: [], fault: 'none' } } as const
  return { id, kind: 'camera', registers: true, signalling: 'udp', media: 'udp', charset: 'gb2312', edition: '2022', channels: [channel] }
}

export const scenarioOf = (): Scenario => ({ name: 'screenshots', area, password: 'device-password', keepaliveS: 10, devices: [camera(1, '泰山路与园林西路口', 'ok'), camera(2, '龙津桥东桥头', 'ok'), camera(3, '雄州南门公交站', 'busy')] })

export interface Made {
  readonly troubled: string
  readonly finding: number
  readonly imported: string
}

/** Records by the registry, the rest as a person would do it. */
export async function fill(service: Service, password: string): Promise<Made> {
  const { registry } = service
  for (const device of scenarioOf().devices) for (const channel of device.channels) await registry.create(channel.record, 'zhang', '普查')
  for (let n = 10; n < 90; n += 1) {
    const fields = whole(n)
    await registry.create(n % 7 === 0 ? { ...fields, address: '', longitude: '32.34', latitude: '118.84' } : n % 11 === 0 ? { ...fields, managementUnit: '', contact: '' } : fields, 'zhang', '普查')
  }
  const troubled = whole(14).code ?? ''
  await registry.change(troubled, { model: 'DS-2CD3T47', name: '葛塘地铁站2口（东）' }, 'li', '更换设备')
  await registry.checkEnded(registry.startCheck(area, 'li').id)
  const found = (await registry.findings({ limit: 50 })).items
  const finding = found[0]?.n ?? 1
  await registry.editFinding(finding, { state: 'accepted', owner: 'admin', dueAtMs: Date.now() - 86_400_000, comment: '已通知街道' }, 'li')

  const headers = { 'content-type': 'application/json' }
  const { token } = (await (await fetch(`${service.url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify({ name: 'admin', password, want: 'token' }) })).json()) as { token: string }
  const own = { authorization: `Bearer ${token}` }
  for (const [name, role, where] of [['liming', 'editor', area], ['wangfang', 'assessor', '3201'], ['chenhao', 'viewer', area]] as const) await fetch(`${service.url}/api/v1/users`, { method: 'POST', headers: { ...headers, ...own }, body: JSON.stringify({ name, role, area: where, password: 'a long enough password', mustChangePassword: true }) })
  const rows = ['设备编码,设备名称,行政区域,监控点位类型,摄像机功能类型,安装地址,经度,纬度,联网属性,管理单位', '32011600001320000501,新桥路口,320116,一类,5,新桥路1号,118.846231,32.341872,1,六合分局', '32011600001320000502,新桥路东,320116,重点,5,新桥路9号,118.846931,32.341172,1,六合分局', '3201160000132,坏编码,320116,二类,5,某路,118.84,32.34,1,六合分局', `${troubled},葛塘地铁站2口,320116,1,5,葛塘街道14号,118.841231,32.341872,1,六合分局`]
  const form = new FormData()
  form.append('file', new Blob([`\ufeff${rows.join('\r\n')}\r\n`], { type: 'text/csv' }), '六合区2026年补录.csv')
  const imported = (await (await fetch(`${service.url}/api/v1/imports`, { method: 'POST', headers: own, body: form })).json()) as { id: string }
  return { troubled, finding, imported: imported.id }
}
