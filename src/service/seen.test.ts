import t from 'tap'
import { manualClock, silentLog } from '../base/index.ts'
import type { Check, Inspection } from '../inspect/index.ts'
import { createRegistry } from '../registry/index.ts'
import { openStore } from '../store/index.ts'
import { seenBy, tellRegistry } from './seen.ts'

const id = '32011600001310000101'
const check = (more: Partial<Check> = {}): Check => ({
  n: 3,
  camera: { id, name: '', class: '1', area: '320116', owner: '', policeUnit: '', networking: '', functionType: '', longitude: '', latitude: '', builtBy: '', findings: [] },
  record: { result: 'pass', findings: [] },
  attempts: [{ n: 1, isCold: true, outcome: 'ok', times: {}, pictures: [], loopLagMs: 0 }],
  stream: { codec: 'h265', width: 1920, height: 1080, lossRate: 0, jitterMs: 0, packets: 9, transport: 'udp', container: 'ps' },
  verdict: { result: 'pass', reasons: [] },
  evidence: [{ file: 'recordings/3.pcapng', sha256: 'ab', kind: 'recording' }],
  ...more,
})

t.test('a stream that played shows what it is, one that did not shows nothing', (t) => {
  t.same(seenBy(check(), 'i'), { values: { networking: 'networked', encoding: '4', resolution: '6' }, inspection: 'i', evidence: 'recordings/3.pcapng' })
  const failed = { n: 1, isCold: true, outcome: 'no-media', times: {}, pictures: [], loopLagMs: 0 } as const
  t.equal(seenBy(check({ attempts: [failed] }), 'i'), undefined)
  const { stream: _stream, ...without } = check()
  t.equal(seenBy(without, 'i'), undefined)
  const sized = (width: number, height: number) => seenBy(check({ stream: { codec: 'h264', width, height, lossRate: 0, jitterMs: 0, packets: 9, transport: 'udp', container: 'ps' } }), 'i')?.values.resolution
  t.same([sized(3840, 2160), sized(1080, 1920), sized(1280, 720), sized(720, 576), sized(704, 576), sized(352, 288), sized(176, 144), sized(1600, 900)], ['7', '6', '5', '4', '3', '2', '1', undefined])
  t.end()
})

t.test('what a check saw is verified in the record, with inspection and evidence; the same again is no news', async (t) => {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  await registry.create({ code: id, area: '320116', class: '1', encoding: '2', networking: 'not-networked' }, 'wang', 'new')
  const warned: string[] = []
  const told = tellRegistry(store.inspections, registry, { ...silentLog, warn: (_fields, message) => void warned.push(message) })
  const inspection: Inspection = { id: 'i-1', area: '320116', startedAtMs: 1, state: 'running', createdBy: 'zhang', draw: { algorithm: 'sha256-order-1', seed: '00', population: { size: 1, sha256: '' }, strata: [], members: [] }, rules: { name: 'default', version: 1 } as Inspection['rules'], checks: [], total: 1 }
  await told.saveInspection(inspection, [])
  clock.advance(1000)
  await told.saveCheck('i-1', check())
  t.match(await registry.camera(id), {
    declared: { encoding: '2', networking: 'not-networked' }, version: 1,
    verified: { encoding: { value: '4', by: 'zhang', inspection: 'i-1', evidence: 'recordings/3.pcapng', atMs: clock.wallMs() }, networking: { value: 'networked' } },
  })
  t.same((await registry.findingsOf(id)).filter(({ source }) => source === 'inspection').map(({ rule, field }) => `${rule} ${field}`), ['verified.declared encoding', 'verified.declared networking'])
  const before = (await registry.history(id)).length
  clock.advance(1000)
  await told.saveCheck('i-1', check({ n: 4 }))
  t.equal((await registry.history(id)).length, before)
  t.match(await registry.camera(id), { verified: { encoding: { atMs: clock.wallMs() } } }, 'but when it was seen last is')
  await registry.retire(id, 'wang', 'gone')
  await told.saveCheck('i-1', check({ n: 5 }))
  t.same(warned, ['what the check saw is not in the record'])
  t.equal((await store.inspections.inspection('i-1'))?.checks.length, 3, 'the inspection has it all the same')
})
