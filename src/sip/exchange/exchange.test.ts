import t from 'tap'
import { manualClock, silentLog } from '../../base/index.ts'
import { exchangeStep, type ExchangeEvent, type ExchangeRule, type ExchangeState } from './exchange.ts'
import { commandRule, joinAnswer, queryRule } from './exchange-rules.ts'
import { createExchanges, type Sent } from './exchanges.ts'
import type { Manscdp, Response } from '../manscdp/index.ts'
import { createOutstanding } from './outstanding.ts'
import { createTurns } from './turns.ts'

const deviceId = '32011600001180000001'
const info = (sn: number, more: Partial<Extract<Response, { type: 'response-device-info' }>> = {}): Response => ({ type: 'response-device-info', sn, deviceId, result: 'OK', ...more })
const accepted: Sent = { type: 'accepted', hop: 'Camera/1' }

/** Exchanges of one device on a manual clock; the test plays the device. */
function exchanges(bounds: Partial<Parameters<typeof createTurns>[0]> = {}) {
  const clock = manualClock()
  const sent: { readonly value: Manscdp; readonly told: (sent: Sent) => void }[] = []
  let sn = 100
  let isThere = true
  const turns = createTurns({ atOnce: 10, waiting: 20, waitingPerKey: 2, ...bounds })
  const made = createExchanges({
    deviceId, clock, log: silentLog, turns,
    nextSn: () => ++sn,
    obstacle: () => (isThere ? undefined : { ok: false, reason: 'offline', detail: 'gone' }),
    send: (value, told) => void sent.push({ value, told }),
  })
  const ask = (type: 'device-info' | 'device-status' = 'device-info') =>
    made.exchange<Response>({
      lane: `query-${type}`, rule: queryRule, answerType: `response-${type}`,
      message: (number) => ({ type: `query-${type}`, sn: number, deviceId }), join: (before, part) => joinAnswer(before, part),
    })
  const command = (kind: 'ptz' | 'guard') =>
    made.exchange<Response>({
      lane: 'command', rule: commandRule(kind), answerType: 'response-device-control',
      message: (number) => ({ type: 'control-device-control', sn: number, deviceId, command: kind === 'ptz' ? { kind, code: 'A50F0100000000B5' } : { kind, isOn: true } }), join: (_before, part) => ({ value: part, isWhole: true }),
    })
  return { clock, sent, made, turns, ask, command, leave: () => (isThere = false) }
}
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

t.test('a query and its answer by serial number, with who took it', async (t) => {
  const { clock, sent, made, ask } = exchanges()
  const asked = ask()
  await soon()
  t.match(sent[0]?.value, { type: 'query-device-info', sn: 101 })
  t.ok(made.asked(101))
  sent[0]?.told(accepted)
  t.ok(made.take(info(101, { name: 'recorder' })))
  t.match(await asked, { ok: true, hop: 'Camera/1', value: { name: 'recorder' } })
  t.notOk(made.asked(101))
  t.equal(clock.pending(), 0)
})

t.test('an answer that comes before the 200 of the query', async (t) => {
  const { sent, made, ask } = exchanges()
  const asked = ask()
  await soon()
  t.ok(made.take(info(101)))
  t.match(await asked, { ok: true })
  sent[0]?.told({ type: 'failed', failure: { ok: false, reason: 'refused', sipStatus: 486, detail: 'late' } })
})

t.test('a wrong serial number is taken when exactly one query of the kind is out, a spent one never', async (t) => {
  const { made, ask } = exchanges()
  const one = ask()
  await soon()
  t.notOk(made.take({ type: 'response-device-status', sn: 0, deviceId, result: 'OK', online: 'online' }), 'another kind')
  t.ok(made.take(info(0, { name: 'zero' })), 'Q49: it echoes 0')
  t.match(await one, { ok: true, value: { name: 'zero' } })
  const two = ask()
  await soon()
  t.notOk(made.take(info(101)), 'a late answer to the query before')
  t.ok(made.take(info(777)))
  t.match(await two, { ok: true })

  const outstanding = createOutstanding<{ readonly type: string; readonly sn: number }>()
  const taken: string[] = []
  outstanding.open('x', ({ sn }) => void taken.push(`one ${sn}`)).expect(1)
  outstanding.open('x', ({ sn }) => void taken.push(`two ${sn}`)).expect(2)
  t.notOk(outstanding.take({ type: 'x', sn: 3 }), 'two may be meant')
  t.ok(outstanding.take({ type: 'x', sn: 2 }))
  t.same(taken, ['two 2'])
})

t.test('refused with status and hop; silent before and after the 200', async (t) => {
  const refused = exchanges()
  const asked = refused.ask()
  await soon()
  refused.sent[0]?.told({ type: 'failed', failure: { ok: false, reason: 'refused', sipStatus: 404, hop: 'Platform/2', detail: '404 Not Found' } })
  t.same(await asked, { ok: false, reason: 'refused', sipStatus: 404, hop: 'Platform/2', detail: '404 Not Found' })

  const silent = exchanges()
  const waiting = silent.ask()
  await soon()
  silent.clock.advance(10_000)
  t.match(await waiting, { ok: false, reason: 'no-answer', detail: /no SIP response/ })
  const half = silent.ask()
  await soon()
  silent.sent[1]?.told(accepted)
  silent.clock.advance(10_000)
  t.match(await half, { ok: false, reason: 'no-answer', hop: 'Camera/1', detail: /200/ })
  t.equal(silent.clock.pending(), 0)
})

t.test('one query of a kind at a time; others side by side; too many are busy', async (t) => {
  const { sent, made, ask, turns } = exchanges()
  const first = ask()
  const second = ask()
  const third = ask()
  const other = ask('device-status')
  await soon()
  t.same(sent.map(({ value }) => value.type), ['query-device-info', 'query-device-status'])
  t.match(await ask(), { ok: false, reason: 'busy' })
  made.take(info(101))
  await first
  await soon()
  t.equal(sent.length, 3, 'the next follows')
  made.stop({ ok: false, reason: 'stopped', detail: 'closing' })
  t.match(await second, { ok: false, reason: 'stopped' })
  t.match(await other, { ok: false, reason: 'stopped' })
  await soon()
  made.stop({ ok: false, reason: 'stopped', detail: 'closing' })
  t.match(await third, { ok: false, reason: 'stopped' })
  t.match(turns.stats(), { running: 0, waiting: 0, refused: 1 })
})

t.test('commands leave in order, each after the SIP answer of the one before, or a second later', async (t) => {
  const { clock, sent, command } = exchanges()
  const move = command('ptz')
  const stop = command('ptz')
  const guard = command('guard')
  await soon()
  t.equal(sent.length, 1)
  sent[0]?.told(accepted)
  t.match(await move, { ok: true, value: undefined }, 'PTZ has no response')
  await soon()
  t.equal(sent.length, 2)
  clock.advance(1000)
  await soon()
  t.equal(sent.length, 3, 'a lost answer does not hold up the next')
  sent[1]?.told(accepted)
  sent[2]?.told(accepted)
  t.match(await stop, { ok: true })
  clock.advance(10_000)
  t.match(await guard, { ok: false, reason: 'no-answer', detail: /taken with 200/ }, 'guard has one')
  t.equal(clock.pending(), 0)
})

t.test('a device that is not there is not asked, also not when it went while the query waited', async (t) => {
  const { made, sent, ask, leave } = exchanges()
  const first = ask()
  const second = ask()
  await soon()
  leave()
  t.match(await ask(), { ok: false, reason: 'offline' })
  made.stop({ ok: false, reason: 'offline', detail: 'went offline' })
  t.match(await first, { ok: false, reason: 'offline', detail: 'went offline' })
  t.match(await second, { ok: false, reason: 'offline' })
  t.equal(sent.length, 1)
})

t.test('split answers are joined until they are whole, or silence', async (t) => {
  const part = (sn: number, config: Extract<Response, { type: 'response-config-download' }>['config']): Response => ({ type: 'response-config-download', sn, deviceId, result: 'OK', config })
  const asked = ['BasicParam', 'OSDConfig']
  const start = () => {
    const made = exchanges()
    const outcome = made.made.exchange<Response>({
      lane: 'query-config-download', rule: queryRule, answerType: 'response-config-download',
      message: (sn) => ({ type: 'query-config-download', sn, deviceId, configTypes: asked }), join: (before, next) => joinAnswer(before, next, asked),
    })
    return { ...made, outcome }
  }
  const whole = start()
  await soon()
  whole.made.take(part(101, { basicParam: { name: 'a' } }))
  whole.made.take(part(101, { osdConfig: { timeType: 1 } }))
  t.match(await whole.outcome, { ok: true, value: { config: { basicParam: { name: 'a' }, osdConfig: { timeType: 1 } } } })
  t.equal(whole.clock.pending(), 0)

  const half = start()
  await soon()
  half.made.take(part(101, { basicParam: { name: 'a' } }))
  half.clock.advance(1500)
  t.match(await half.outcome, { ok: true, value: { config: { basicParam: { name: 'a' } } } })

  const presets = (sn: number, ...ids: string[]): Response => ({ type: 'response-preset-query', sn, deviceId, sumNum: 3, presets: ids.map((id) => ({ id })) })
  const first = joinAnswer(undefined, presets(1, '1', '2'))
  t.notOk(first.isWhole)
  t.match(joinAnswer(first.value, presets(1, '3')), { isWhole: true, value: { presets: [{ id: '1' }, { id: '2' }, { id: '3' }] } })
})

t.test('turns: every taker gets one or is sent away, never more at once than said', async (t) => {
  const turns = createTurns({ atOnce: 3, waiting: 50, waitingPerKey: 4 })
  let running = 0
  let most = 0
  let refused = 0
  const keys = Array.from({ length: 60 }, (_, i) => `key ${i % 17}`)
  const busy = new Set<string>()
  await Promise.all(
    keys.map(async (key, i) => {
      const leave = await turns.take(key)
      if (!leave) return refused++
      if (busy.has(key)) t.fail('two of one key')
      busy.add(key)
      most = Math.max(most, ++running)
      for (let wait = 0; wait < i % 3; wait++) await soon()
      running--
      busy.delete(key)
      leave()
      leave()
    }),
  )
  t.equal(most, 3)
  t.ok(refused > 0 && refused < 30, `${refused} sent away`)
  t.match(turns.stats(), { running: 0, waiting: 0, refused })
  const held = await turns.take('a')
  const waiting = turns.take('a')
  turns.close()
  t.equal(await waiting, undefined)
  held?.()
  t.equal(await turns.take('b'), undefined)
})

t.test('walk: every state and event; one outcome, no timer left', async (t) => {
  const failure = { ok: false, reason: 'stopped', detail: 'x' } as const
  const events: readonly ExchangeEvent<number>[] = [
    { type: 'begin' }, { type: 'accepted', hop: 'h' }, { type: 'failed', failure }, { type: 'answer', value: 1, isWhole: false }, { type: 'answer', value: 2, isWhole: true }, { type: 'silent' }, { type: 'stop', failure },
  ]
  const rules: readonly ExchangeRule['answer'][] = ['required', 'optional', 'none']
  for (const answer of rules) {
    const step = exchangeStep<number>({ answer, sipMs: 10, answerMs: 10, joinMs: 10 })
    const walk = (state: ExchangeState<number>, depth: number): void => {
      for (const event of events) {
        const [next, ...effects] = step(state, event, 0)
        const outcomes = effects.filter((effect) => effect.type === 'done').length
        if (outcomes !== (next.name === 'ended' && state.name !== 'ended' ? 1 : 0)) t.fail(`${answer}: ${state.name} on ${event.type} gives ${outcomes} outcomes`)
        if (outcomes === 1 && !effects.some((effect) => effect.type === 'cancel')) t.fail('a timer is left')
        if (next.name === 'joining' && state.name !== 'joining' && !effects.some((effect) => effect.type === 'timer')) t.fail('waits for ever')
        if (depth > 0) walk(next, depth - 1)
      }
    }
    walk({ name: 'sending' }, 4)
  }
  t.pass('walked')
})
