import t, { type Test } from 'tap'
import { manualClock, seededBytes, silentLog, type ManualClock } from '../base/index.ts'
import { openStore } from '../store/index.ts'
import { createRegistry, type Camera, type Channel, type Fields, type Registry } from './index.ts'

const recorder = '32011600001180000001'
const other = '32011600001180000002'
const id = '32011600001310000101'
const channel = (raw: Readonly<Record<string, string>> = {}): Channel => ({ id, name: raw.Name ?? '通道', status: 'on', raw: { DeviceID: id, ...raw } })

async function house(t: Test): Promise<{ readonly registry: Registry; readonly clock: ManualClock }> {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  for (const device of [recorder, other]) await registry.applyBinding(device, { transport: 'udp', host: '10.0.0.7', port: 5060, contact: 'sip:x', registeredAtMs: 1, expiresAtMs: 2, callId: 'c' })
  return { registry, clock }
}

/** What a past view is compared by. */
const shape = (camera: Camera | undefined) =>
  camera && {
    declared: camera.declared,
    reported: camera.reported?.fields,
    verified: camera.verified && Object.fromEntries(Object.entries(camera.verified).map(([name, { value, by, atMs }]) => [name, { value, by, atMs }])),
    isDraft: camera.isDraft,
    isRetired: camera.isRetired,
  }

t.test('a record at any past date: around every boundary it is what it was', async (t) => {
  const { registry, clock } = await house(t)
  const start = clock.wallMs()
  const seen: { readonly atMs: number; readonly shape: ReturnType<typeof shape> }[] = []
  const step = async (what: () => Promise<unknown>): Promise<void> => {
    clock.advance(1000)
    await what()
    seen.push({ atMs: clock.wallMs(), shape: shape(await registry.camera(id)) })
  }
  await step(() => registry.applyCatalog(recorder, [channel({ Name: '现场', Model: 'A' })], true))
  await step(() => registry.applyCatalog(recorder, [channel({ Name: '现场二', 'Info.EncodeType': '5' })], true))
  await step(() => registry.adopt(id, { fields: { class: '1', area: '320116' } }, 'wang', 'adopted'))
  await step(() => registry.change(id, { name: '路口', contact: '13812345678' }, 'li', 'named'))
  await step(() => registry.verify(id, { values: { encoding: '2', name: '路北' } }, 'zhang', 'seen'))
  await step(() => registry.change(id, { contact: null, class: '2' }, 'li', 'less'))
  await step(() => registry.verify(id, { values: { encoding: '4', name: null } }, 'zhang', 'seen again'))
  await step(() => registry.retire(id, 'li', 'pole removed'))
  await step(() => registry.create({ code: id, name: '又一次', area: '320116', class: '3' }, 'wang', 'back'))
  await step(() => registry.applyCatalog(recorder, [channel({ Name: '现场三' })], true))
  await step(() => registry.change(id, { model: 'B' }, 'li', 'model'))
  for (const [index, { atMs, shape: was }] of seen.entries()) {
    t.same(shape(await registry.cameraAt(id, atMs)), was, `at change ${index}`)
    t.same(shape(await registry.cameraAt(id, atMs + 999)), was, `until the next after change ${index}`)
    t.same(shape(await registry.cameraAt(id, atMs - 1)), index === 0 ? undefined : seen[index - 1]?.shape, `before change ${index}`)
  }
  t.equal(await registry.cameraAt(id, start), undefined, 'there was no record')
  t.match(await registry.cameraAt(id, start + 3000), { id, version: 0, findings: [{ field: 'manufacturer' }], declared: { code: id } }, 'the code never changes; no version to write with')
  await t.rejects(registry.cameraAt('32011600001310000999', start), { code: 'not-found' })
  const history = await registry.history(id)
  t.same(history.filter(({ side }) => side === 'reported').map(({ field, from, to, by }) => [field, from, to, by]), [
    ['name', '现场', '现场二', recorder], ['model', 'A', undefined, recorder], ['encoding', undefined, '4', recorder],
    ['name', '现场二', '现场三', recorder], ['encoding', '4', undefined, recorder],
  ])
})

t.test('random lives are read back step by step', async (t) => {
  const random = seededBytes(11)
  const pick = <T>(list: readonly T[]): T => list[(random(1)[0] ?? 0) % list.length] as T
  const names: readonly (keyof Fields)[] = ['name', 'model', 'address', 'class', 'longitude']
  for (let life = 0; life < 12; life++) {
    const { registry, clock } = await house(t)
    const seen: { atMs: number; shape: ReturnType<typeof shape> }[] = []
    for (let n = 0; n < 25; n++) {
      clock.advance(1 + ((random(1)[0] ?? 0) % 3))
      const value = pick(['1', '2', '3', '118.84', '路口'])
      const step = pick<() => Promise<unknown>>([
        () => registry.applyCatalog(recorder, [channel({ Name: value, Model: pick(['A', 'B']) })], true),
        () => registry.create({ code: id, [pick(names)]: value, area: '320116' }, 'wang', 'new'),
        () => registry.change(id, { [pick(names)]: value }, 'li', 'x'),
        () => registry.change(id, { [pick(names)]: null }, 'li', 'x'),
        () => registry.retire(id, 'li', 'gone'),
        () => registry.adopt(id, {}, 'wang', 'taken'),
        () => registry.verify(id, { values: { [pick(names)]: pick([value, null]) } }, 'zhang', 'seen'),
      ])
      await step().catch((error: { code?: string }) => {
        if (error.code === undefined) throw error
      })
      // The clock may stand still between two changes: what counts is the end of the millisecond.
      const now = { atMs: clock.wallMs(), shape: shape(await registry.camera(id)) }
      if (seen.at(-1)?.atMs === now.atMs) seen.pop()
      seen.push(now)
    }
    for (const { atMs, shape: was } of seen) t.same(shape(await registry.cameraAt(id, atMs)), was, `life ${life} at ${atMs}`)
  }
})

t.test('declared, reported by two devices, verified: side by side with who and when; two that disagree turn nothing over', async (t) => {
  const { registry, clock } = await house(t)
  const t0 = clock.wallMs()
  await registry.create({ code: id, name: '路口', area: '320116', class: '1', encoding: '2' }, 'wang', 'new')
  clock.advance(1000)
  await registry.applyCatalog(recorder, [channel({ Name: '甲', 'Info.EncodeType': '2' })], true)
  clock.advance(1000)
  await registry.applyCatalog(other, [channel({ Name: '乙' })], true)
  const before = (await registry.history(id)).length
  for (let round = 0; round < 3; round++) {
    clock.advance(1000)
    await registry.applyCatalog(recorder, [channel({ Name: '甲', 'Info.EncodeType': '2' })], true)
    await registry.applyCatalog(other, [channel({ Name: '乙' })], true)
  }
  t.equal((await registry.history(id)).length, before, 'what says nothing new writes nothing')
  t.match(await registry.camera(id), { reported: { deviceId: recorder, fields: { name: '甲' } }, declared: { name: '路口' } })
  clock.advance(1000)
  await registry.verify(id, { values: { name: '丙' }, evidence: 'paper 7' }, 'zhang', 'on site')
  await registry.change(id, { encoding: '4' }, 'li', 'new camera')
  const values = await registry.values(id)
  t.same(values.name, {
    declared: { value: '路口', by: 'wang', atMs: t0 },
    reported: [{ value: '甲', by: recorder, atMs: t0 + 1000 }, { value: '乙', by: other, atMs: t0 + 2000 }],
    verified: { value: '丙', by: 'zhang', atMs: t0 + 6000, evidence: 'paper 7' },
  })
  t.same(values.encoding, { declared: { value: '4', by: 'li', atMs: t0 + 6000 }, reported: [{ value: '2', by: recorder, atMs: t0 + 1000 }] })
  t.match((await registry.findingsOf(id)).filter(({ source }) => source !== 'record'), [
    { rule: 'catalog.renamed', detail: { device: recorder } }, { rule: 'verified.declared', field: 'name' }, { rule: 'verified.reported', field: 'name' }, { rule: 'catalog.differs', field: 'encoding' },
  ])
  clock.advance(1000)
  await registry.applyCatalog(other, [channel({ Name: '乙二' })], true)
  t.match((await registry.history(id)).at(-1), { side: 'reported', by: other, field: 'name', from: '乙', to: '乙二' }, 'the second is heard too')
  clock.advance(1000)
  await registry.applyCatalog(recorder, [{ ...channel(), id: '32011600001310000999' }], true)
  t.match(await registry.camera(id), { reported: { deviceId: other, fields: { name: '乙二' } } }, 'who no longer lists it gives it to who does')
  t.match((await registry.history(id)).at(-1), { side: 'reported', by: recorder, field: 'channel', from: 'listed', to: 'missing' })
})

t.test('what moves all day is kept in the history within bounds; what people said is kept for ever', async (t) => {
  const { registry, clock } = await house(t)
  await registry.create({ code: id, name: '路口', area: '320116', class: '1' }, 'wang', 'new')
  for (let n = 0; n < 620; n++) {
    clock.advance(1000)
    await registry.applyCatalog(recorder, [channel({ Name: `车${n}` })], true)
  }
  const history = await registry.history(id)
  t.equal(history.filter(({ side }) => side === 'reported').length, 500)
  t.match(history[0], { field: 'record', to: 'declared' })
})
