// Finding among 100,000 records over HTTP, the whole service in a process of its own: each filter, some together, every order, and pages far in.
// Aims of issue 5, point 8: a list in 50 ms, a box in 20 ms, text in 50 ms, each the 95th of a hundred. Beside the times stands what the service
// computed for one answer: on a machine that does other things too that is the figure to compare. FIND_DATA names a folder to keep the records in.
import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededBytes, systemClock } from '../../src/base/index.ts'
import type { Camera, Fields } from '../../src/registry/index.ts'
import { openStore } from '../../src/store/index.ts'

const records = Number(process.env['RECORDS'] ?? 100_000)
const requests = 60
const password = 'a password of the bench'

const places = ['雄州', '龙池', '棠城', '长江', '葛塘', '大厂', '山潘', '西厂门', '扬子', '新华', '南门', '北门', '东门', '乐山', '重庆', '六合', '延安', '朝阳', '厦门', '行知', '银行', '中山', '人民', '解放', '建设', '和平', '滨江', '化工', '竹镇', '马鞍', '冶山']
const kinds = ['路口', '大道', '广场', '小区', '医院', '学校', '幼儿园', '车站', '桥头', '村委会', '卡口', '派出所', '加油站', '菜市场', '停车场', '枪机', '球机']
const owners = ['南京市公安局六合分局', '交警大队', '教育局', '雄州街道办事处', '水务局']
const areas = ['320116', '320115', '320114', '320106', '320102']

/** Records like those of a city: names from a few hundred words, a twentieth retired or drafts. */
function* cameras(): Generator<Camera> {
  const random = seededBytes(7)
  const next = (below: number): number => random(4).readUInt32BE() % below
  const one = (from: readonly string[]): string => from[next(from.length)] ?? ''
  for (let n = 0; n < records; n++) {
    const area = one(areas)
    const id = `${area}0${next(9)}01132${String(n).padStart(7, '0')}`
    const declared: Fields = {
      code: id, area, name: `${one(places)}${one(places)}${one(kinds)}${next(3) > 0 ? `${next(40)}号` : ''}${one(['东', '西', '南', '北', '东南角', ''])}`, class: one(['1', '2', '3', '9']), managementUnit: one(owners), contact: '13812345678',
      functionType: one(['1', '2', '5', '1/5', '6']), industry: one(['1', '8', '12', '17']), builtBy: one(['1', '2', '3']), address: `南京市${one(places)}街道${one(places)}路${next(900)}号`, ...(next(4) > 0 ? {} : { commonName: `${one(places)}门口` }),
      longitude: (118.2 + next(1_000_000) / 1e6).toFixed(6), latitude: (31.9 + next(700_000) / 1e6).toFixed(6), policeUnit: `${area}000000`, networking: '1', installedAt: '2021-05-01', recordDays: '30', status: '1', encoding: '2',
    }
    yield { id, declared, isRetired: next(50) === 0, isDraft: false, presence: 'unknown', findings: [], version: 1, updatedAtMs: 1_700_000_000_000 + next(50_000_000) * 1000 }
  }
}

async function fill(file: string): Promise<void> {
  const store = await openStore({ file, clock: systemClock })
  let part: Camera[] = []
  for (const camera of cameras()) {
    part.push(camera)
    if (part.length < 1000) continue
    await store.registry.saveCameras(part, [])
    part = []
  }
  if (part.length > 0) await store.registry.saveCameras(part, [])
  await store.close()
  const raw = new Database(file)
  raw.exec(`INSERT OR IGNORE INTO findings (camera_id, area, rule, field, severity, source, state, message_zh, message_en, first_at_ms, last_at_ms, state_at_ms)
    SELECT id, area, 'bench.common', 'name', 'warning', 'inspection', iif(n % 3 = 0, 'waived', 'open'), '', '', 1, 1, 1 FROM cameras WHERE n % 2 = 0
    UNION ALL SELECT id, area, 'bench.rare', 'name', 'error', 'inspection', 'open', '', '', 1, 1, 1 FROM cameras WHERE n % 500 = 0`)
  raw.close()
}

interface Question {
  readonly name: string
  readonly query: string
  readonly aimMs: number
}
const [list, box, text] = [50, 20, 50]
const questions: readonly Question[] = [
  { name: 'first page', query: '', aimMs: list },
  { name: 'area', query: 'area=320116', aimMs: list },
  { name: 'area of 8 digits', query: 'area=32011603', aimMs: list },
  { name: 'class', query: 'class=2', aimMs: list },
  { name: 'owner', query: 'owner=公安', aimMs: list },
  { name: 'owner nobody is', query: 'owner=没有', aimMs: list },
  { name: 'online, none is', query: 'online=true', aimMs: list },
  { name: 'complete', query: 'complete=true', aimMs: list },
  { name: 'function', query: 'function=6', aimMs: list },
  { name: 'industry and builder', query: 'industry=12&builtBy=3', aimMs: list },
  { name: 'retired', query: 'onlyRetired=true', aimMs: list },
  { name: 'changed since', query: 'updatedSinceMs=1749900000000', aimMs: list },
  { name: 'common finding', query: 'finding=bench.common', aimMs: list },
  { name: 'rare finding', query: 'finding=bench.rare&area=320116', aimMs: list },
  { name: 'finding waived', query: 'finding=bench.common&findingState=waived&class=1', aimMs: list },
  { name: 'by name', query: 'sort=name', aimMs: list },
  { name: 'by name, few', query: 'sort=name&area=32011603&class=1', aimMs: list },
  { name: 'newest', query: 'sort=updated', aimMs: list },
  { name: 'newest of an owner', query: 'sort=updated&owner=教育局&area=320106', aimMs: list },
  { name: 'five filters', query: 'area=320116&class=1&owner=公安&complete=true&function=5', aimMs: list },
  { name: '500 a page', query: 'area=320116&limit=500', aimMs: 100 },
  { name: 'box of a street', query: 'box=118.60,32.20,118.62,32.22', aimMs: box },
  { name: 'box of a district', query: 'box=118.5,32.1,118.8,32.4', aimMs: box },
  { name: 'box of everything', query: 'box=118,31,120,33', aimMs: box },
  { name: 'box and class', query: 'box=118.5,32.1,118.8,32.4&class=1', aimMs: box },
  { name: 'one character', query: 'text=南', aimMs: text },
  { name: 'two characters', query: 'text=南门', aimMs: text },
  { name: 'two, in almost all', query: 'text=街道', aimMs: text },
  { name: 'three characters', query: 'text=西厂门', aimMs: text },
  { name: 'four characters', query: 'text=南门广场', aimMs: text },
  { name: 'not there', query: 'text=火星基地', aimMs: text },
  { name: 'two words', query: 'text=南门 广场', aimMs: text },
  { name: 'initials nmdd', query: 'text=nmdd', aimMs: text },
  { name: 'initials, two', query: 'text=nm', aimMs: text },
  { name: 'full spelling', query: 'text=nanmendadao', aimMs: text },
  { name: 'piece of a code', query: 'text=0012345', aimMs: text },
  { name: 'piece of all codes', query: 'text=01132', aimMs: text },
  { name: 'one digit', query: 'text=7', aimMs: text },
  { name: 'words and area', query: 'text=路口&area=320116', aimMs: text },
  { name: 'words and three filters', query: 'text=街道&area=32011603&class=1&function=6', aimMs: text },
  { name: 'words by name', query: 'text=街道&sort=name', aimMs: text },
  { name: 'words, newest', query: 'text=南门&sort=updated', aimMs: text },
  { name: 'words in a box', query: 'text=街道&box=118.5,32.1,118.8,32.4', aimMs: text },
]

export async function run(): Promise<void> {
  const kept = process.env['FIND_DATA']
  if (kept !== undefined) mkdirSync(kept, { recursive: true })
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'yiji-find-'))
  const file = join(folder, 'yiji.sqlite')
  if (!existsSync(file)) {
    const began = performance.now()
    const cpu = process.cpuUsage()
    await fill(file)
    const { user, system } = process.cpuUsage(cpu)
    process.stdout.write(`${records} records written in ${((performance.now() - began) / 1000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s computed\n`)
  }
  const environment = { PATH: process.env['PATH'] ?? '', YIJI_DATA_DIR: folder, YIJI_HTTP_PORT: '0', YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_ADMIN_PASSWORD: password, YIJI_LOG_LEVEL: 'error' }
  const service = spawn(process.execPath, ['--max-semi-space-size=8', 'bin/yiji.js', 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = ''
      service.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const found = /console (http:\S+?),/.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
      service.once('exit', () => reject(new Error('the service ended')))
    })
    const login = await fetch(`${url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'admin', password, want: 'token' }) })
    const headers = { authorization: `Bearer ${((await login.json()) as { token: string }).token}` }
    process.stdout.write(`${'question'.padEnd(26)}   p50    p95    aim  computed  of\n`)
    let missed = 0
    for (const question of questions) missed += Number(!(await ask(url, headers, question, () => computed(service.pid ?? 0))))
    await walk(url, headers)
    process.stdout.write(missed === 0 ? 'every aim is met\n' : `${missed} aims are missed\n`)
  } finally {
    service.kill('SIGTERM')
    await new Promise((resolve) => service.once('exit', resolve))
    if (kept === undefined) rmSync(folder, { recursive: true })
  }
}

interface Page {
  readonly items: readonly unknown[]
  readonly total: number
  readonly isTotalCapped?: true
  readonly next?: string
}

async function ask(url: string, headers: Readonly<Record<string, string>>, { name, query, aimMs }: Question, computedMs: () => number): Promise<boolean> {
  const times: number[] = []
  const before = computedMs()
  let page: Page | undefined
  for (let n = 0; n < requests; n++) {
    const from = performance.now()
    const answer = await fetch(`${url}/api/v1/cameras?${query}`, { headers })
    const body = await answer.text()
    times.push(performance.now() - from)
    page = JSON.parse(body) as Page
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${body.slice(0, 200)}`)
  }
  times.sort((a, b) => a - b)
  const [p50, p95] = [times[Math.floor(requests * 0.5)] ?? 0, times[Math.floor(requests * 0.95)] ?? 0]
  process.stdout.write(`${name.padEnd(26)} ${p50.toFixed(1).padStart(5)}  ${p95.toFixed(1).padStart(5)}  ${String(aimMs).padStart(5)}  ${((computedMs() - before) / requests).toFixed(1).padStart(8)}  ${page?.items.length} of ${page?.total}${page?.isTotalCapped ? ' and more' : ''}${p95 > aimMs ? '  MISSED' : ''}\n`)
  return p95 <= aimMs
}

/** Milliseconds that a process has computed, all its threads together: utime and stime in hundredths of a second (proc(5)). */
function computed(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Every page of a long list, one after the other. */
async function walk(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
  for (const sort of ['code', 'name', 'updated']) {
    const times: number[] = []
    let [cursor, seen]: [string | undefined, number] = [undefined, 0]
    do {
      const from = performance.now()
      const page = (await (await fetch(`${url}/api/v1/cameras?area=320116&limit=200&sort=${sort}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, { headers })).json()) as Page
      times.push(performance.now() - from)
      seen += page.items.length
      cursor = page.next
    } while (cursor !== undefined)
    times.sort((a, b) => a - b)
    process.stdout.write(`${`all pages by ${sort}`.padEnd(26)} ${(times[times.length >> 1] ?? 0).toFixed(1).padStart(5)}  ${(times[Math.floor(times.length * 0.95)] ?? 0).toFixed(1).padStart(5)}         ${seen} in ${times.length} pages of 200\n`)
  }
}

