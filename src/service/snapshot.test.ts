// Pictures of now, by the real decoder.
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { silentLog, systemClock } from '../base/index.ts'
import { defaultRules, openDecoder } from '../inspect/index.ts'
import { createAccessUnitAssembler, type AccessUnit, type ReaderOptions, type Relays } from '../media/index.ts'
import { createSnapshots } from './snapshot.ts'

const unitsOf = (name: string): AccessUnit[] => {
  const assembler = createAccessUnitAssembler()
  const bytes = readFileSync(new URL(`../../fixtures/h26x/${name}`, import.meta.url))
  return [...assembler.push({ streamId: 0xe0, bytes, isDamaged: false, receivedUs: 0 }), ...assembler.flush()]
}
const [keyframe] = unitsOf('plain.h265')
if (!keyframe) throw new Error('a fixture without pictures')

function stage(test: Test) {
  const readers = new Set<ReaderOptions>()
  let joins = 0
  let sessions = 0
  const relays: Relays = {
    join: (key, reader) => {
      if (key === 'off') return { joined: Promise.resolve({ ok: false, reason: 'offline', detail: 'the device is offline' }), leave: () => Promise.resolve() }
      joins++
      readers.add(reader)
      return { joined: Promise.resolve({ ok: true, isCold: false }), leave: async () => void readers.delete(reader) }
    },
    list: () => [],
    close: async () => {},
  }
  const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
  test.teardown(() => decoder.close())
  const snapshot = createSnapshots({
    relays,
    decoder: {
      open: (rules) => {
        sessions++
        return decoder.open(rules)
      },
    },
    rules: defaultRules,
    clock: systemClock,
  })
  const send = (ageMs: number, isDamaged = false): void => {
    for (const reader of readers) reader.onUnit?.({ ...keyframe, receivedUs: systemClock.nowUs() - ageMs * 1000, isDamaged } as AccessUnit)
  }
  return { snapshot, send, readers, joins: () => joins, sessions: () => sessions }
}

t.test('who asks at the same time gets the same picture, and nothing is left', async (t) => {
  const { snapshot, send, readers, joins, sessions } = stage(t)
  const asked = Array.from({ length: 20 }, () => snapshot('cam'))
  send(0, true)
  const sentMs = Date.now()
  send(100)
  const stills = await Promise.all(asked)
  t.equal(stills[0]?.jpeg.toString('hex', 0, 3), 'ffd8ff', 'a JPEG')
  t.ok(stills.every(({ jpeg }) => jpeg === stills[0]?.jpeg))
  t.ok(Math.abs(sentMs - 100 - (stills[0]?.takenAtMs ?? 0)) < 100, 'of when it came, not of when it was decoded')
  t.same([joins(), sessions(), readers.size], [1, 1, 0])
  const next = snapshot('cam')
  send(0)
  t.not((await next).jpeg, stills[0]?.jpeg, 'the next is another')
})

t.test('a kept keyframe of long ago waits a while for a newer one', async (t) => {
  const { snapshot, send } = stage(t)
  const askedMs = Date.now()
  const first = snapshot('cam')
  send(20_000)
  setTimeout(() => send(0), 300)
  t.ok((await first).takenAtMs >= askedMs)
  const second = snapshot('cam')
  send(20_000)
  t.ok(Date.now() - (await second).takenAtMs >= 20_000, 'and is better than none')
})

t.test('why there is none', async (t) => {
  const { snapshot, readers } = stage(t)
  await t.rejects(snapshot('off'), { code: 'camera.unreachable', outcome: { reason: 'offline' } })
  const ended = snapshot('cam')
  for (const reader of readers) reader.onEnd?.('the camera hung up')
  await t.rejects(ended, { code: 'camera.unreachable', outcome: { reason: 'no-keyframe' } })
})
