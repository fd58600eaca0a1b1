import t from 'tap'
import { manualClock, seededBytes, silentLog } from '../../base/index.ts'
import { header, parseCSeq } from '../message/index.ts'
import { subscriptionStart, subscriptionStep, type SubscriptionEvent, type SubscriptionState } from './subscription.ts'
import { createSubscriptions } from './subscriptions.ts'
import { parseManscdp, writeManscdp } from '../manscdp/index.ts'
import type { ClientEvent, Header, SipRequest } from '../types.ts'

const deviceId = '32011600001180000001'
const source = { transport: 'udp', host: '192.0.2.9', port: 5060 } as const

function device() {
  const clock = manualClock()
  const asked: { readonly request: SipRequest; readonly on: (event: ClientEvent) => void }[] = []
  const changes: string[] = []
  let isThere = true
  let sn = 0
  const subscriptions = createSubscriptions({
    deviceId, clock, log: silentLog,
    us: () => ({ id: '32011600002000000001', domain: '3201160000', host: '192.0.2.1', port: 5060, random: seededBytes(7 + asked.length) }),
    binding: () => source,
    isThere: () => isThere,
    nextSn: () => ++sn,
    write: (value) => writeManscdp(value, 'gb2312'),
    request: (request, _target, on) => void asked.push({ request, on }),
    onChanged: (kind, isActive, detail) => void changes.push(`${kind} ${isActive} ${detail}`),
  })
  const answer = (status: number, more: readonly Header[] = [], body: Buffer = Buffer.alloc(0)): void => {
    const last = asked.at(-1)
    if (!last) throw new Error('nothing was asked')
    const to = header(last.request, 'To') ?? ''
    const headers: Header[] = [{ name: 'To', value: to.includes('tag=') ? to : `${to};tag=theirs` }, { name: 'Server', value: 'Camera/1' }, ...more]
    last.on({ type: 'response', source, atUs: 0, response: { kind: 'response', status, reason: status === 200 ? 'OK' : 'No', headers, body } })
  }
  const last = (name: string): string | undefined => {
    const found = asked.at(-1)
    return found && header(found.request, name)
  }
  return { clock, asked, changes, subscriptions, answer, last, state: () => subscriptions.views()[0]?.state, set: (there: boolean) => (isThere = there) }
}

t.test('asked for, refreshed before the end in the same dialog, given up with Expires 0', async (t) => {
  const { clock, asked, changes, subscriptions, answer, last, state } = device()
  subscriptions.want({ kind: 'catalog', expiresS: 600 })
  t.equal(asked.length, 1)
  t.match(last('Event'), /^Catalog;id=\d+$/)
  t.equal(last('Expires'), '600')
  t.match(last('Contact'), /^<sip:32011600002000000001@192\.0\.2\.1:5060>$/)
  t.match(parseManscdp(asked[0]?.request.body ?? Buffer.alloc(0)), { type: 'query-catalog', deviceId })
  const callId = last('Call-ID')
  answer(200, [{ name: 'Expires', value: '300' }])
  t.same([state(), changes], ['active', ['catalog true 300 s granted']])
  clock.advance(239_000)
  t.equal(asked.length, 1)
  clock.advance(1_000)
  t.equal(asked.length, 2, 'at four fifths of what was granted')
  t.equal(last('Call-ID'), callId)
  t.match(last('To'), /tag=theirs/)
  t.equal(parseCSeq(last('CSeq') ?? '').sequence, 2)
  answer(200)
  t.equal(state(), 'active')
  subscriptions.drop('catalog')
  t.equal(last('Expires'), '0')
  t.equal(parseCSeq(last('CSeq') ?? '').sequence, 3)
  answer(200)
  t.same([state(), clock.pending()], [undefined, 0])
})

t.test('481 to a refresh begins anew at once, in a dialog of its own', async (t) => {
  const { clock, asked, changes, subscriptions, answer, last, state } = device()
  subscriptions.want({ kind: 'alarm' })
  t.equal(last('Event'), 'presence')
  t.match(parseManscdp(asked[0]?.request.body ?? Buffer.alloc(0)), { type: 'query-alarm' })
  const callId = last('Call-ID')
  answer(200)
  clock.advance(480_000)
  answer(481)
  t.equal(asked.length, 3)
  t.not(last('Call-ID'), callId)
  t.notMatch(last('To'), /tag=/)
  answer(200)
  t.equal(state(), 'active')
  t.same(changes, ['alarm true 600 s granted', 'alarm false 481 No (Camera/1)', 'alarm true 600 s granted'])
})

t.test('refused: asked again after growing pauses, said once; Retry-After is kept', async (t) => {
  const { clock, asked, changes, subscriptions, answer, state } = device()
  subscriptions.want({ kind: 'mobile-position', intervalS: 30 })
  t.match(parseManscdp(asked[0]?.request.body ?? Buffer.alloc(0)), { type: 'query-mobile-position', intervalS: 30 })
  answer(403)
  t.equal(state(), 'waiting')
  clock.advance(30_000)
  answer(403, [{ name: 'Retry-After', value: '600' }])
  clock.advance(599_000)
  t.equal(asked.length, 2)
  clock.advance(1_000)
  asked.at(-1)?.on({ type: 'timeout' })
  t.same(changes, ['mobile-position false 403 No (Camera/1)'])
  for (let i = 0; i < 9; i++) {
    clock.advance(3_600_000)
    answer(403)
  }
  t.equal(asked.length, 12)
  subscriptions.drop('mobile-position')
  t.same([asked.length, clock.pending()], [12, 0], 'nothing to end')
})

t.test('489 tries the other spellings of Event first; a least of the device is kept', async (t) => {
  const { asked, subscriptions, answer, last, clock } = device()
  subscriptions.want({ kind: 'catalog' })
  answer(489)
  t.equal(last('Event'), 'presence')
  answer(400)
  t.equal(last('Event'), 'catalog')
  answer(423, [{ name: 'Min-Expires', value: '3600' }])
  t.equal(asked.length, 3)
  clock.advance(30_000)
  t.equal(last('Expires'), '3600')
})

t.test('a device that goes and comes: refreshed when it is there again; one that was never there is asked when it comes', async (t) => {
  const { asked, changes, subscriptions, answer, last, state, set, clock } = device()
  set(false)
  subscriptions.want({ kind: 'alarm' })
  t.same([asked.length, state()], [0, 'idle'])
  subscriptions.present()
  answer(200)
  const callId = last('Call-ID')
  subscriptions.absent()
  t.equal(state(), 'idle')
  t.equal(clock.pending(), 0)
  subscriptions.present()
  t.same([state(), last('Call-ID')], ['refreshing', callId])
  answer(200)
  subscriptions.present()
  t.equal(state(), 'refreshing', 'it registered anew: it may have forgotten')
  answer(200)
  t.same(changes, ['alarm true 600 s granted', 'alarm false the device is not there'])
})

t.test('a NOTIFY in the dialog counts, one that ends it begins anew; strange dialogs are none of ours', async (t) => {
  const { clock, asked, subscriptions, answer, last, state } = device()
  subscriptions.want({ kind: 'catalog' })
  answer(200)
  t.ok(subscriptions.notified(last('Call-ID') ?? '', 'active;expires=500'))
  t.notOk(subscriptions.notified('another@192.0.2.9', ''))
  t.ok(subscriptions.notified(last('Call-ID') ?? '', 'terminated;reason=timeout'))
  t.match(subscriptions.views(), [{ kind: 'catalog', targetId: deviceId, state: 'waiting', notifies: 2, detail: 'terminated;reason=timeout' }])
  clock.advance(30_000)
  t.same([asked.length, state()], [2, 'asking'])
})

t.test('wanting the same twice asks once, wanting it otherwise asks anew; there is a bound', async (t) => {
  const { asked, subscriptions, answer } = device()
  subscriptions.want({ kind: 'mobile-position', intervalS: 5 })
  answer(200)
  subscriptions.want({ kind: 'mobile-position', intervalS: 5 })
  t.equal(asked.length, 1)
  subscriptions.want({ kind: 'mobile-position', intervalS: 60 })
  t.same(asked.map(({ request }) => header(request, 'Expires')), ['600', '0', '600'])
  for (let i = 0; i < 40; i++) subscriptions.want({ kind: 'alarm', targetId: String(i) })
  t.equal(subscriptions.views().length, 16)
  subscriptions.close()
})

t.test('a 200 whose body says ERROR is a refusal; OK, nonsense and nothing are not (Q27)', async (t) => {
  const said = (result: 'OK' | 'ERROR'): Buffer => writeManscdp({ type: 'response-alarm', sn: 1, deviceId, result }, 'gb2312')
  for (const [body, state] of [[said('OK'), 'active'], [Buffer.from('nonsense'), 'active'], [said('ERROR'), 'waiting']] as const) {
    const { subscriptions, answer, state: now } = device()
    subscriptions.want({ kind: 'alarm' })
    answer(200, [], body)
    t.equal(now(), state)
    subscriptions.close()
  }
})

t.test('walk: every state and event; asked only with a new number, no timer left at the end', async (t) => {
  const events: readonly SubscriptionEvent[] = [
    { type: 'present' }, { type: 'absent' }, { type: 'terminated', detail: '' }, { type: 'due' }, { type: 'stop' },
    ...[0, 1, 2].flatMap((turn): SubscriptionEvent[] => [{ type: 'accepted', turn, expiresS: 60 }, { type: 'refused', turn, status: 489, detail: '' }, { type: 'refused', turn, status: 481, detail: '' }, { type: 'failed', turn, detail: '' }]),
  ]
  const seen = new Set<string>()
  let steps = 0
  const walk = (state: SubscriptionState, hasTimer: boolean, depth: number): void => {
    for (const event of events) {
      steps++
      const [next, ...effects] = subscriptionStep(state, event, 0)
      seen.add(next.name)
      let isTimed = hasTimer
      for (const effect of effects) {
        if (effect.type === 'timer') isTimed = true
        if (effect.type === 'cancel') isTimed = false
        if (effect.type === 'subscribe' && effect.turn !== state.turn + 1) t.fail(`${state.name} on ${event.type}: number ${effect.turn} after ${state.turn}`)
      }
      if (next.name === 'waiting' && !isTimed) t.fail(`${state.name} on ${event.type}: waits for ever`)
      if (next.name === 'active' && !isTimed) t.fail(`${state.name} on ${event.type}: never refreshed`)
      if ((next.name === 'ended' || next.name === 'idle') && isTimed) t.fail(`${state.name} on ${event.type}: a timer is left`)
      if (effects.filter((effect) => effect.type === 'over').length !== (next.name === 'ended' && state.name !== 'ended' ? 1 : 0)) t.fail('over, more or less than once')
      if (depth > 0) walk(next, isTimed, depth - 1)
    }
  }
  walk(subscriptionStart, false, 3)
  t.same([...seen].sort(), ['active', 'asking', 'ended', 'ending', 'idle', 'refreshing', 'waiting'])
  t.ok(steps > 80_000, `${steps} steps`)
})
