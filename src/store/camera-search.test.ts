// Every filter alone and with others, in every order, both ways, against a plain loop over the same records.
import t from 'tap'
import { seededBytes } from '../base/index.ts'
import { recordArea, type Camera, type CameraQuery, type CameraSort, type Fields } from '../registry/index.ts'
import { areaOf } from './camera-rows.ts'
import { findCameras, type SearchBounds } from './camera-search.ts'
import { searchText, sortKey, textQuery } from './camera-text.ts'
import { connect } from './database.ts'
import { registryStore } from './registry-store.ts'
import { taskOn } from './trouble.ts'

const random = seededBytes(99)
const one = <T>(from: readonly T[]): T => from[(random(1)[0] ?? 0) % from.length] as T
const names = ['南门大道', '重庆路', '六合区医院', '长江路口', 'ABC Road', '龙池50%_站', '厦门银行', '', '雄州广场１号'] as const
const areas = ['320116', '320115', '320106'] as const

function made(n: number): Camera {
  const area = one(areas)
  const id = `${area}${one(['00', '01', '02'])}01132${String(n).padStart(7, '0')}`
  const declared: Fields = {
    code: id, area, name: one(names), class: one(['1', '2', '3']), managementUnit: one(['交警大队', '教育局', 'ACME']), functionType: one(['1', '1/5', '15', '']), industry: one(['1', '8', '1/8']),
    builtBy: one(['1', '2']), commonName: one(['', '老南门']), address: one(['龙池街道1号', '雄州街道22号']), ...(one([true, false]) ? { longitude: `118.${100 + (n % 800)}`, latitude: `32.${100 + (n % 700)}` } : {}),
  }
  const isDraft = one([true, false, false, false])
  const finding = { field: 'longitude', rule: 'coordinates.missing', severity: 'error', message: { zh: '缺', en: 'missing' } } as const
  const isRetired = one([true, false, false, false, false])
  return { id, declared: isDraft ? {} : declared, ...(isDraft ? { reported: { fields: declared, deviceId: '1', atMs: 1, raw: {} } } : {}), isRetired, isDraft, presence: 'unknown', findings: one([true, false]) && !isRetired ? [finding] : [], version: 1, updatedAtMs: 1000 + Math.floor(n / 3) }
}

const valueOf = (camera: Camera, name: keyof Fields): string => camera.declared[name] ?? camera.reported?.fields[name] ?? ''
const texts = new Map<string, string>()
const textOf = (camera: Camera): string => {
  const kept = texts.get(camera.id) ?? textIn(camera)
  texts.set(camera.id, kept)
  return kept
}
const textIn = (camera: Camera): string => searchText({ id: camera.id, name: valueOf(camera, 'name'), commonName: valueOf(camera, 'commonName'), address: valueOf(camera, 'address') })

const keys = new Map(names.map((name) => [name as string, sortKey(name)]))
const keyOfName = (name: string): string => keys.get(name) ?? ''

/** What the search promises, said once more as a loop. */
function expected(all: readonly Camera[], query: Partial<CameraQuery>): readonly string[] {
  const words = query.text === undefined ? undefined : textQuery(query.text)
  const has = (several: string, code: string): boolean => several.split('/').includes(code)
  const found = all.filter((camera) => {
    const text = textOf(camera)
    const [longitude, latitude] = [Number(valueOf(camera, 'longitude') || NaN), Number(valueOf(camera, 'latitude') || NaN)]
    return (
      (query.onlyRetired === true ? camera.isRetired : query.includeRetired === true || !camera.isRetired) &&
      (query.area === undefined || recordArea(valueOf(camera, 'area'), camera.id).startsWith(query.area)) &&
      (query.class === undefined || valueOf(camera, 'class') === query.class) &&
      (query.owner === undefined || valueOf(camera, 'managementUnit').toLowerCase().includes(query.owner.toLowerCase())) &&
      (query.complete === undefined || (!camera.isDraft && camera.findings.length === 0) === query.complete) &&
      (query.draft === undefined || camera.isDraft === query.draft) &&
      (query.online === undefined || !query.online) &&
      (query.presence === undefined || query.presence === 'unknown') &&
      (query.function === undefined || has(valueOf(camera, 'functionType'), query.function)) &&
      (query.industry === undefined || has(valueOf(camera, 'industry'), query.industry)) &&
      (query.builtBy === undefined || valueOf(camera, 'builtBy') === query.builtBy) &&
      (query.updatedSinceMs === undefined || camera.updatedAtMs >= query.updatedSinceMs) &&
      (query.box === undefined || (longitude >= query.box.west && longitude <= query.box.east && latitude >= query.box.south && latitude <= query.box.north)) &&
      (words === undefined || words.words.every((word) => text.includes(word)) || (words.joined !== undefined && text.includes(words.joined)))
    )
  })
  const key = (camera: Camera): string | number => (query.sort === 'name' ? keyOfName(valueOf(camera, 'name')) : query.sort === 'updated' ? camera.updatedAtMs : camera.id)
  const sign = (query.descending ?? query.sort === 'updated') ? -1 : 1
  const order = (a: string | number, b: string | number): number => (typeof a === 'number' && typeof b === 'number' ? a - b : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b))))
  return [...found].sort((a, b) => sign * (order(key(a), key(b)) || order(a.id, b.id))).map(({ id }) => id)
}

const choices: Readonly<Record<string, readonly unknown[]>> = {
  area: ['32', '3201', '320116', '320115', '32011601'], class: ['1', '3'], owner: ['交警', 'acme'], complete: [true, false], draft: [true, false], online: [false], presence: ['unknown', 'online'], function: ['1', '5', '15'],
  industry: ['8'], builtBy: ['2'], updatedSinceMs: [1000, 1050], includeRetired: [true], onlyRetired: [true], text: ['南', '南门', '南门大', 'nmdd', 'nan men', '路口 长江', '1320000', '22', '%', '50%', 'abc r', 'luhe', '龙池 1号', '没有', ' '],
  box: [{ west: 118.1, south: 32.1, east: 118.2, north: 32.9 }, { west: -180, south: -90, east: 180, north: 90 }],
}
const bounds: readonly (Partial<SearchBounds> | undefined)[] = [undefined, { few: 0 }, { few: 0, sparse: 0, maxLooked: 1e9 }, { few: 0, maxLooked: 1e9, maxCounted: 1e9 }, { few: 1e9 }]

t.test('the same records as a loop finds, whichever way they are found', async (t) => {
  const connection = connect(':memory:')
  const store = registryStore(connection, taskOn('x'))
  const all = Array.from({ length: 300 }, (_, n) => made(n))
  await store.saveCameras(all, [])
  let tried = 0
  for (let n = 0; n < 400; n++) {
    const names = Object.keys(choices)
    const query: Record<string, unknown> = {}
    for (let k = n < names.length ? 1 : 1 + (n % 3); k > 0; k--) {
      const name = n < names.length ? (names[n] ?? '') : one(names)
      query[name] = one(choices[name] ?? [])
    }
    const sort = one<CameraSort | undefined>([undefined, 'code', 'name', 'updated'])
    const descending = one([undefined, true, false])
    const asked = { ...query, ...(sort && { sort }), ...(descending === undefined ? {} : { descending }) } as Partial<CameraQuery>
    const wanted = expected(all, asked)
    const limit = one([1, 7, 50])
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = findCameras(connection.raw, { ...asked, limit: found.length > 20 ? 1000 : limit, ...(cursor === undefined ? {} : { cursor }) }, bounds[n % bounds.length])
      if (page.total !== wanted.length) return t.fail(`${JSON.stringify(asked)}: ${page.total} in all, not ${wanted.length}`)
      found.push(...page.items.map(({ id }) => id))
      cursor = page.next
    } while (cursor !== undefined && found.length < 1000)
    if (found.join() !== wanted.join()) return t.fail(`${JSON.stringify(asked)} ${JSON.stringify(bounds[n % bounds.length])}: ${found.slice(0, 9).join()} for ${wanted.slice(0, 9).join()}`)
    tried++
  }
  t.equal(tried, 400)
  connection.raw.close()
})

t.test('findings: by rule and state; those of one record count once', async (t) => {
  const connection = connect(':memory:')
  const store = registryStore(connection, taskOn('x'))
  await store.saveCameras(Array.from({ length: 30 }, (_, n) => ({ ...made(n), id: `320116000013200${String(n).padStart(5, '0')}`, isRetired: false })), [])
  connection.raw.exec('DELETE FROM findings')
  const put = connection.raw.prepare(`INSERT INTO findings (camera_id, area, rule, field, severity, source, state, message_zh, message_en, first_at_ms, last_at_ms, state_at_ms) VALUES (?, '320116', ?, ?, 'error', 'record', ?, '', '', 1, 1, 1)`)
  const states = ['open', 'accepted', 'waived', 'fixed'] as const
  for (let n = 0; n < 20; n++) for (const field of ['longitude', 'latitude']) put.run(`320116000013200${String(n).padStart(5, '0')}`, 'coordinates.swapped', field, states[n % 4])
  for (const limits of bounds) {
    const count = (query: Partial<CameraQuery>): number => findCameras(connection.raw, { limit: 100, ...query }, limits).total
    t.equal(count({ finding: 'coordinates.swapped' }), 10, 'neither fixed nor waived')
    t.equal(count({ finding: 'coordinates.swapped', findingState: 'fixed' }), 5)
    t.equal(count({ findingState: 'waived' }), 5)
    t.equal(count({ finding: 'none' }), 0)
    t.equal(count({ finding: 'coordinates.swapped', text: '00004' }), 1)
  }
  connection.raw.close()
})

t.test('a total that is not counted to the end says so; the pages have all', async (t) => {
  const connection = connect(':memory:')
  const store = registryStore(connection, taskOn('x'))
  await store.saveCameras(Array.from({ length: 50 }, (_, n) => ({ ...made(n), isDraft: false, isRetired: false, declared: { name: '南门' } })), [])
  const capped = findCameras(connection.raw, { text: '南门', limit: 15 }, { few: 5, maxCounted: 20, maxLooked: 30 })
  t.match(capped, { total: 20, isTotalCapped: true })
  t.equal(findCameras(connection.raw, { text: '南门', limit: 100, cursor: capped.next ?? '' }, { few: 5, maxCounted: 20, maxLooked: 30 }).items.length, 35)
  t.match(findCameras(connection.raw, { text: '南门', limit: 45 }, { few: 5, maxCounted: 20, maxLooked: 30 }), { total: 45, isTotalCapped: true }, 'never less than are shown')
  t.equal(findCameras(connection.raw, { limit: 1 }, { maxCounted: 20 }).total, 50, 'plain filters are always counted')
  connection.raw.close()
})

t.test('pages under writes: who stays where it is comes once; a cursor of another order is refused', async (t) => {
  const connection = connect(':memory:')
  const store = registryStore(connection, taskOn('x'))
  const all = Array.from({ length: 40 }, (_, n) => ({ ...made(n), isRetired: false, isDraft: false, updatedAtMs: 1000 + n }))
  await store.saveCameras(all, [])
  for (const sort of ['code', 'name', 'updated'] as const) {
    const seen: string[] = []
    let cursor: string | undefined
    let n = 0
    do {
      const page = findCameras(connection.raw, { sort, limit: 7, ...(cursor === undefined ? {} : { cursor }) })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next
      const fresh = { ...made(100 + n++), declared: { name: one(names) }, isRetired: false, isDraft: false, updatedAtMs: one([1, 1020, 99_999]) }
      await store.saveCameras([{ ...fresh, id: `${fresh.id.slice(0, 15)}${sort.length}${String(n).padStart(4, '0')}` }], [])
    } while (cursor !== undefined)
    t.equal(new Set(seen).size, seen.length, `${sort}: none twice`)
    t.same(all.filter(({ id }) => !seen.includes(id)), [], `${sort}: none left out`)
  }
  const { next = '' } = findCameras(connection.raw, { sort: 'name', limit: 3 })
  for (const cursor of ['updated.x', next.replace('name', 'updated'), 'name.', 'name.e30', 'x']) t.throws(() => findCameras(connection.raw, { sort: 'updated', limit: 3, cursor }), { code: 'request.invalid' }, cursor)
  connection.raw.close()
})

t.test('a changed name is found as it is now, and sounds as it does now', async (t) => {
  const connection = connect(':memory:')
  const store = registryStore(connection, taskOn('x'))
  const camera = { ...made(1), isRetired: false, isDraft: false, declared: { name: '南门' } }
  await store.saveCameras([camera], [])
  await store.saveCameras([{ ...camera, version: 2, declared: { name: '北门', commonName: '老桥', address: '中山路' } }], [])
  const count = (text: string): number => findCameras(connection.raw, { text, limit: 1 }, { few: 1e9 }).total
  t.same(['南门', 'nm', '北门', 'bm', 'beimen', '老桥', 'lq', '中山', 'zsl'].map(count), [0, 0, 1, 1, 1, 1, 1, 1, 0], 'an address is found as it is written')
  connection.raw.close()
})

t.test('the store and the registry say alike where a record lies', (t) => {
  for (const declared of ['', '320116', '320115', '3201', '32011605']) for (const code of ['32011603001320000001', '32011600001320000001', 'x', '320116']) t.equal(areaOf(declared, code), recordArea(declared, code), `${declared} ${code}`)
  t.end()
})
