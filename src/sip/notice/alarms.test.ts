import t from 'tap'
import { manualClock, runMachine, silentLog } from '../../base/index.ts'
import { alarmsStart, alarmsStep, type AlarmsEffect, type AlarmsEvent, type AlarmsState } from './alarms.ts'
import type { AlarmFact } from './facts.ts'

const deviceId = '32011600001180000001'
const channelId = '32011600001310000001'
const alarm = (more: Partial<AlarmFact> = {}): AlarmFact => ({ type: 'alarm', deviceId, channelId, priority: 4, alarmedAtMs: 1_000_000, raw: {}, atMs: 5_000_000, ...more })
const rich = alarm({ method: '5', alarmType: '2', description: 'motion', raw: { Info: 'x' } })
const poor = alarm({ method: '0' })

function run() {
  const clock = manualClock()
  const told: AlarmFact[] = []
  const machine = runMachine<AlarmsState, AlarmsEvent, AlarmsEffect>({ initial: alarmsStart, step: alarmsStep, perform: (effect) => void told.push(effect.alarm), clock, log: silentLog, label: {} })
  return { clock, told, machine, alarmed: (value: AlarmFact) => machine.send({ type: 'alarm', alarm: value }) }
}

t.test('a pair is told once, whichever comes first, with what the richer says (Q56)', async (t) => {
  const richFirst = run()
  richFirst.alarmed(rich)
  t.match(richFirst.told, [{ method: '5', alarmType: '2' }], 'at once')
  richFirst.clock.advance(800)
  richFirst.alarmed(poor)
  richFirst.clock.advance(5000)
  t.equal(richFirst.told.length, 1)

  const poorFirst = run()
  poorFirst.alarmed(poor)
  t.equal(poorFirst.told.length, 0, 'its double may say more')
  poorFirst.clock.advance(800)
  poorFirst.alarmed(rich)
  t.match(poorFirst.told, [{ method: '5', alarmType: '2', description: 'motion', atMs: 5_000_000 }])
  poorFirst.clock.advance(5000)
  t.equal(poorFirst.told.length, 1)
  t.same([poorFirst.machine.state().merged, poorFirst.clock.pending()], [1, 0])
})

t.test('a poor one without a double is told after two seconds', async (t) => {
  const { clock, told, alarmed } = run()
  alarmed(poor)
  clock.advance(1999)
  t.equal(told.length, 0)
  clock.advance(1)
  t.match(told, [{ method: '0' }])
  t.equal(clock.pending(), 0)
})

t.test('the same as MESSAGE and as NOTIFY is one; what contradicts is two', async (t) => {
  const { clock, told, alarmed } = run()
  alarmed(rich)
  alarmed(rich)
  t.equal(told.length, 1)
  alarmed({ ...rich, alarmType: '6' })
  alarmed({ ...rich, priority: 1 })
  alarmed({ ...rich, alarmedAtMs: 1_010_000 })
  alarmed({ ...rich, channelId: '32011600001310000002' })
  alarmed(alarm({ method: '2', alarmType: '1' }))
  t.equal(told.length, 6)
  clock.advance(2000)
  alarmed(rich)
  t.equal(told.length, 7, 'two seconds later it is another')
})

t.test('a combination of methods covers one of them; the device itself covers its channel', async (t) => {
  const { told, alarmed } = run()
  alarmed(alarm({ method: '12' }))
  alarmed(alarm({ method: '2' }))
  alarmed(alarm({ method: '2', channelId: deviceId }))
  t.equal(told.length, 1)
  t.equal(told[0]?.channelId, channelId)
})

t.test('a flood is bounded and loses none', async (t) => {
  const { clock, told, machine, alarmed } = run()
  for (let i = 0; i < 1000; i++) alarmed(alarm({ method: '0', channelId: String(i) }))
  t.ok(machine.state().recent.length <= 64)
  clock.advance(2000)
  t.equal(new Set(told.map((each) => each.channelId)).size, 1000)
  t.equal(told.length, 1000)
})

t.test('stopping tells what still waited', async (t) => {
  const { clock, told, machine, alarmed } = run()
  alarmed(poor)
  machine.send({ type: 'stop' })
  t.equal(told.length, 1)
  t.equal(clock.pending(), 0)
})
