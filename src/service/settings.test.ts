import t from 'tap'
import type { Device, DeviceSettings } from '../registry/index.ts'
import { keepSettings } from './settings.ts'

const one = '32011600001180000001'
const device = (id: string, settings?: DeviceSettings): Device => ({ id, approved: true, presence: 'online', mediaTransport: 'udp', channelCount: 0, firstSeenMs: 1, ...(settings ? { settings } : {}) })

t.test('what was set is told at the start, and each change once', async (t) => {
  const kept = new Map<string, Device>([[one, device(one, { charset: 'utf-8', resetsAlarms: true, subscriptions: { alarm: true, positionIntervalS: 5 } })], ['other', device('other')]])
  const told: unknown[] = []
  const settings = keepSettings({ device: async (id) => kept.get(id), devices: async () => [...kept.values()] })
  await settings.begin()
  t.same([settings.resetsAlarms(one), settings.resetsAlarms('other')], [true, false], 'known before signalling begins')
  settings.follow({
    subscribe: (id, wanted) => void told.push(['subscribe', id, wanted]),
    unsubscribe: (id, kind) => void told.push(['unsubscribe', id, kind]),
    setCharset: (id, charset) => void told.push(['charset', id, charset]),
  })
  t.same(told.splice(0), [['charset', one, 'utf-8'], ['subscribe', one, { kind: 'alarm' }], ['subscribe', one, { kind: 'mobile-position', intervalS: 5 }]])
  const change = async (next: DeviceSettings): Promise<readonly unknown[]> => {
    kept.set(one, device(one, next))
    await settings.changed(one)
    return told.splice(0)
  }
  t.same(await change({ subscriptions: { catalog: true, positionIntervalS: 9 } }), [['charset', one, undefined], ['subscribe', one, { kind: 'catalog' }], ['unsubscribe', one, 'alarm'], ['subscribe', one, { kind: 'mobile-position', intervalS: 9 }]])
  t.equal(settings.resetsAlarms(one), false)
  t.same(await change({}), [['unsubscribe', one, 'catalog'], ['unsubscribe', one, 'mobile-position']])
  await settings.changed('nobody')
  t.same(told, [])
})
