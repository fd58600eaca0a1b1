// The map over HTTP: clusters, a drawn ring, divisions, what it is drawn on; each cut to the account's area; and where tiles may come from.
import t from 'tap'
import { house } from './test/house.ts'
import { record } from './test/things.ts'
import { tileOrigins } from './map.ts'
import type { AreaCounts, MapGround, OutlineCollection, PointClusters, PointsWithin } from './schema/index.ts'

const square = (area: string, west: number) => ({ area, polygons: [[[[west, 32], [west + 1, 32], [west + 1, 33], [west, 33], [west, 32]]]] as const })

t.test('clusters, rings and divisions, each account within its own area', async (t) => {
  const { ask, registry } = await house(t, { verdicts: async () => new Map([['32011601001320000007', 'fail']]) })
  await registry.create({ ...record('32011601001320000007', '320116'), longitude: '118.9', latitude: '32.9' }, 'office', 'there too')
  const clusters = async (name: 'admin' | 'viewer', query: string) => (await ask(name, 'GET', `/api/v1/cameras/points?${query}`)).json<PointClusters>()
  const all = await clusters('admin', 'zoom=20')
  const own = await clusters('viewer', 'zoom=20&by=verdict')
  t.equal(own.total + own.unplaced, all.total + all.unplaced - 1, 'the other district is not there')
  t.same(own.words, ['pass', 'review', 'fail', 'none'])
  t.equal(own.items.reduce((sum, { counts }) => sum + (counts[2] ?? 0), 0), 1)
  t.equal((await clusters('viewer', 'zoom=20&verdict=fail')).total, 1)
  const outside = await ask('viewer', 'GET', '/api/v1/cameras/points?zoom=8&area=320115')
  t.equal(outside.statusCode, 403)
  t.equal((await ask('viewer', 'GET', '/api/v1/cameras/points?zoom=8&box=3,2,1,0')).json<{ code: string }>().code, 'request.invalid')

  const within = (await ask('viewer', 'GET', '/api/v1/cameras/within?ring=118.8,32.8,119,32.8,119,33,118.8,33')).json<PointsWithin>()
  t.match(within, { total: 1, items: [{ id: '32011601001320000007', longitude: 118.9, latitude: 32.9, verdict: 'fail', version: 1 }] })
  t.equal((await ask('viewer', 'GET', '/api/v1/cameras/within?ring=1,2,3,4,5,6,7')).json<{ code: string }>().code, 'request.invalid')
  await registry.change('32011601001320000007', { longitude: '118.7' }, 'office', 'moved')
  t.equal((await ask('viewer', 'GET', '/api/v1/cameras/within?ring=118.8,32.8,119,32.8,119,33,118.8,33')).json<PointsWithin>().total, 0, 'a change is seen at once')

  const areas = async (name: 'admin' | 'viewer', query = '') => (await ask(name, 'GET', `/api/v1/cameras/areas${query}`)).json<AreaCounts>().items.map(({ area, name: words, n }) => [area, words, n])
  t.same(await areas('admin'), [['32', '江苏省', 3]])
  t.same(await areas('admin', '?parent=3201'), [['320115', '江宁区', 1], ['320116', '六合区', 2]])
  t.equal((await areas('viewer', '?parent=32')).every(([area]) => String(area).startsWith('320116')), true)
})

t.test('the ground: nothing outside unless somebody chose it; outlines of one\'s own area', async (t) => {
  const bare = await house(t)
  t.same((await bare.ask('viewer', 'GET', '/api/v1/map')).json(), { tiles: [], datum: 'wgs84', maxZoom: 18, hasOutlines: false })
  const page = await bare.app.inject('/api/v1/session')
  t.match(page.headers['content-security-policy'], /img-src 'self' data: blob:;/)

  const tiles = ['https://t{0-2}.tiles.example/vec/{z}/{x}/{y}?tk=1', '/own/{z}/{x}/{-y}.png']
  const full = await house(t, { map: { tiles, datum: 'gcj02', maxZoom: 16, attribution: '自建', outlines: [square('320116', 118), square('320115', 119), square('32', 118)] } })
  t.same((await full.ask('viewer', 'GET', '/api/v1/map')).json<MapGround>(), { tiles, datum: 'gcj02', maxZoom: 16, attribution: '自建', hasOutlines: true })
  t.match((await full.app.inject('/api/v1/session')).headers['content-security-policy'], /img-src 'self' data: blob: https:\/\/t0\.tiles\.example https:\/\/t1\.tiles\.example https:\/\/t2\.tiles\.example;/)
  const outlines = async (name: 'admin' | 'viewer') => (await full.ask(name, 'GET', '/api/v1/map/outlines')).json<OutlineCollection>().features.map(({ properties }) => properties.area)
  t.same(await outlines('viewer'), ['320116', '32'])
  t.same(await outlines('admin'), ['320116', '320115', '32'])
  t.same(tileOrigins({ tiles: ['http://a.b:81/{z}/{x}/{y}'] }), ['http://a.b:81'])
  t.same(tileOrigins(undefined), [])
})

t.test('a device is refused, and taken back', async (t) => {
  const { ask, registry, wire } = await house(t)
  const url = '/api/v1/devices/32011601001110000001'
  t.match((await ask('chief', 'POST', `${url}/refuse`)).json(), { approved: false, settings: { isRefused: true } })
  t.ok(wire.told.some((each) => JSON.stringify(each) === JSON.stringify(['settings', '32011601001110000001'])))
  await ask('chief', 'PUT', `${url}/settings`, { charset: 'utf-8' })
  t.match(await registry.device('32011601001110000001'), { approved: false, settings: { isRefused: true, charset: 'utf-8' } }, 'other settings leave it refused')
  t.match((await ask('chief', 'PUT', `${url}/password`, { password: 'sip secret' })).json(), { approved: true })
  t.same((await registry.device('32011601001110000001'))?.settings, { charset: 'utf-8' })
})
