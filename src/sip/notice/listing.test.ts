import t from 'tap'
import { manualClock, silentLog } from '../../base/index.ts'
import type { CatalogCollected } from '../exchange/catalog.ts'
import type { CatalogChange, SipFact } from './facts.ts'
import { createListing, mostChanges } from './listing.ts'
import { createTold } from './told.ts'

const deviceId = '32011600001180000001'
const change = (id: string, event: CatalogChange['event'] = 'ON'): CatalogChange => ({ event, item: { id, name: '', status: 'on', type: 'channel', raw: {} } })
const collected = (...ids: string[]): CatalogCollected => ({
  items: ids.map((id) => change(id).item), isComplete: true, isAnswered: true, isReportedEmpty: false, isCut: false, sumNum: ids.length, attempts: 1, reason: 'complete',
})
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A listing whose catalogs and keeping the test decides on. */
function listed() {
  const said: string[] = []
  const answers: ((collected: CatalogCollected) => void)[] = []
  const kept: (() => void)[] = []
  const told = createTold({
    deviceId, log: silentLog,
    onFact: (fact) => {
      if (fact.type === 'catalog') said.push(`catalog ${fact.items.map(({ id }) => id).join()}`)
      else if (fact.type === 'catalog-changes') said.push(`changes ${fact.changes.length > 5 ? fact.changes.length : fact.changes.map(({ event, item }) => `${event} ${item.id}`).join()}`)
      return new Promise((resolve) => void kept.push(resolve))
    },
  })
  const listing = createListing({ deviceId, clock: manualClock(), log: silentLog, tell: told.tellOrLog, ask: () => new Promise((resolve) => void answers.push(resolve)), onCollected: () => {} })
  const keep = async (): Promise<void> => {
    kept.shift()?.()
    await soon()
  }
  return { listing, said, answers, keep }
}

t.test('what changes while a list is asked for waits for it, and for its being kept', async (t) => {
  const { listing, said, answers, keep } = listed()
  const query = listing.query()
  t.equal(listing.query(), query, 'one at a time')
  listing.changed([change('a', 'DEL')])
  listing.changed([change('b')])
  await soon()
  t.same(said, [])
  answers[0]?.(collected('a', 'b'))
  await soon()
  t.same(said, ['catalog a,b'])
  await keep()
  t.same(said, ['catalog a,b', 'changes DEL a,ON b'])
  t.match(await query, { ok: true })
})

t.test('a storm of changes is one fact while another is being kept', async (t) => {
  const { listing, said, keep } = listed()
  for (let i = 0; i < 1000; i++) listing.changed([change(String(i))])
  await soon()
  t.same(said, ['changes ON 0'])
  await keep()
  t.same(said, ['changes ON 0', 'changes 999'])
  await keep()
  t.equal(said.length, 2)
})

t.test('more changes than can wait cost one new query, and nothing is kept of them', async (t) => {
  const { listing, said, answers, keep } = listed()
  listing.changed([change('first')])
  await soon()
  for (let i = 0; i <= mostChanges; i++) listing.changed([change(String(i))])
  listing.changed([change('last')])
  await keep()
  t.same(said, ['changes ON first', 'changes ON last'])
  await keep()
  t.equal(answers.length, 1, 'asked for again')
  answers[0]?.(collected('x'))
  await soon()
  t.equal(said.at(-1), 'catalog x')
  t.equal(answers.length, 1)
})

t.test('facts of one lane wait for each other, up to a bound that costs no registration', async (t) => {
  const seen: string[] = []
  const open: (() => void)[] = []
  const warnings: unknown[] = []
  const told = createTold({
    deviceId, log: { ...silentLog, warn: (fields: unknown) => void warnings.push(fields) },
    onFact: (fact: SipFact) => {
      seen.push(fact.type)
      return new Promise((resolve) => void open.push(resolve))
    },
  })
  const faulty = (): Promise<void> => told.tellOrLog({ type: 'faulty', deviceId, channelIds: [], isFaulty: true, atMs: 0 })
  for (let i = 0; i < 5000; i++) void faulty()
  void told.tell({ type: 'unregistered', deviceId })
  await soon()
  t.same(seen, ['faulty', 'unregistered'], 'another lane')
  while (open.length > 0) {
    open.shift()?.()
    await soon()
  }
  t.equal(seen.filter((type) => type === 'faulty').length, 1000)
  void faulty()
  t.match(warnings, [{ fact: 'faulty', waiting: 1000 }, { left: 4000 }])

  const failing = createTold({ deviceId, log: silentLog, onFact: () => Promise.reject(new Error('disk full')) })
  await t.rejects(failing.tell({ type: 'unregistered', deviceId }), /disk full/)
  await failing.tellOrLog({ type: 'unregistered', deviceId })
})
