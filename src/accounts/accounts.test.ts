import t, { type Test } from 'tap'
import { createHash } from 'node:crypto'
import { manualClock, seededBytes, type ManualClock } from '../base/index.ts'
import { createLoginLimit } from './login-limit.ts'
import { openStore } from '../store/index.ts'
import { actions, createAccounts, hashPassword, isWithin, may, verifyPassword, type Accounts, type AccountStore, type Action, type Role } from './index.ts'

const random = seededBytes(28181)
const right = 'eleven cameras'

/** An account whose password is quick to check: these tests are about other things than its cost. */
async function seat(store: AccountStore, name: string, role: Role = 'viewer', area = ''): Promise<void> {
  await store.saveAccount({ name, role, area, passwordHash: await hashPassword(right, random, { N: 16, r: 8, p: 1 }), createdAtMs: 0, disabled: false })
}

async function open(test: Test): Promise<{ accounts: Accounts; store: AccountStore; clock: ManualClock }> {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  test.teardown(() => store.close())
  return { accounts: createAccounts({ store: store.accounts, clock, random }), store: store.accounts, clock }
}

t.test('permissions: every role against every action', async (t) => {
  const all = new Set<Action>(actions)
  const seen: readonly Action[] = ['cameras.see', 'devices.see', 'alarms.see', 'live.view', 'inspections.see']
  const expected: Readonly<Record<Role, ReadonlySet<Action>>> = {
    admin: all,
    assessor: new Set<Action>([...seen, 'cameras.control', 'recordings.see', 'inspections.run', 'inspections.review']),
    editor: new Set<Action>([...seen, 'recordings.see', 'cameras.change', 'cameras.control', 'contacts.see', 'devices.operate']),
    viewer: new Set(seen),
  }
  for (const [role, allowed] of Object.entries(expected) as [Role, ReadonlySet<Action>][]) {
    for (const action of actions) {
      const who = { role, area: '320116', disabled: false }
      t.equal(may(who, action), allowed.has(action), `${role} ${action}`)
      t.equal(may(who, action, '32011601'), allowed.has(action), `${role} ${action} within`)
      for (const area of ['320115', '3201', '', 'x320116']) t.equal(may(who, action, area), false, `${role} ${action} at "${area}"`)
      t.equal(may({ ...who, disabled: true }, action), false)
      t.equal(may({ ...who, area: '' }, action, '110000'), allowed.has(action))
    }
  }
  t.ok(isWithin('', ''))
})

t.test('passwords: salted, slow to make, right or wrong', async (t) => {
  const first = await hashPassword('一机一档2026', random)
  const second = await hashPassword('一机一档2026', random)
  t.match(first, /^scrypt\$32768\$8\$3\$/)
  t.not(first, second, 'each has its own salt')
  t.ok(await verifyPassword('一机一档2026', first))
  t.notOk(await verifyPassword('一机一档2027', first))
  t.ok(await verifyPassword('caf\u00e9 caf\u00e9', await hashPassword('cafe\u0301 cafe\u0301', random)), 'the same letters typed on another keyboard')
})

t.test('passwords: a stored hash that is none, or asks for too much, matches nothing', async (t) => {
  const good = await hashPassword('x', random)
  const damaged = ['', 'x', good.slice(0, -1), good.replace('scrypt', 'bcrypt'), good.replace('32768', '3'), good.replace('32768', '0'), good.replace('32768$8', '524288$32'), `${good}$`]
  for (const stored of damaged) t.notOk(await verifyPassword('x', stored), stored.slice(0, 40))
})

t.test('the first admin is made once; a made password is told once', async (t) => {
  const { accounts, store } = await open(t)
  const made = await accounts.ensureAdmin()
  t.match(made, /^[\w-]{24}$/)
  t.equal(await accounts.ensureAdmin('something else'), undefined, 'the configured one is for the first start only')
  t.equal((await accounts.login('admin', made ?? '', '10.0.0.1')).account.role, 'admin')
  t.notMatch(JSON.stringify(await store.accounts()), made ?? '-', 'not kept')
  const other = await open(t)
  t.equal(await other.accounts.ensureAdmin('configured password'), undefined)
  t.ok(await other.accounts.login('admin', 'configured password', '10.0.0.1'))
})

t.test('a session: opened, asked for, over after its time, closed; only the token’s hash is kept', async (t) => {
  const { accounts, store, clock } = await open(t)
  await seat(store, '王芳', 'editor', '320116')
  const first = await accounts.login('王芳', right, '10.0.0.1')
  t.equal(first.expiresAtMs, clock.wallMs() + 12 * 3600_000)
  t.equal((await accounts.sessionOf(first.token))?.account.area, '320116')
  t.ok(await store.session(createHash('sha256').update(first.token).digest('hex')))
  t.equal(await store.session(first.token), undefined)
  await accounts.logout(first.token)
  t.equal(await accounts.sessionOf(first.token), undefined)
  const second = await accounts.login('王芳', right, '10.0.0.1')
  clock.advance(12 * 3600_000)
  t.equal(await accounts.sessionOf(second.token), undefined)
  t.equal(await store.session(createHash('sha256').update(second.token).digest('hex')), undefined, 'swept')
})

t.test('putting an account out of use ends what it has open', async (t) => {
  const { accounts, store } = await open(t)
  await seat(store, 'li')
  const { token } = await accounts.login('li', right, '10.0.0.1')
  await accounts.setDisabled('li', true)
  t.equal(await accounts.sessionOf(token), undefined)
  await t.rejects(accounts.login('li', right, '10.0.0.1'), { code: 'auth.required' })
  await accounts.setDisabled('li', false)
  t.ok(await accounts.sessionOf(token))
  await t.rejects(accounts.setDisabled('nobody', true), { code: 'not-found' })
})

t.test('an unknown name and a wrong password are told apart by nothing', async (t) => {
  const { accounts } = await open(t)
  await accounts.create({ name: 'li', password: right, role: 'viewer', area: '' })
  const took = async (name: string): Promise<number> => {
    const from = performance.now()
    await t.rejects(accounts.login(name, 'wrong', `for ${name}`), { code: 'auth.required', message: 'the name or the password is wrong' })
    return performance.now() - from
  }
  await took('warm up')
  const [known, unknown] = [await took('li'), await took('nobody')]
  t.ok(unknown > known / 3, `${unknown.toFixed(0)} ms against ${known.toFixed(0)} ms: both derive a key`)
})

t.test('five failures of a name from an address close the door for five minutes, for that name from there', async (t) => {
  const { accounts, store, clock } = await open(t)
  await seat(store, 'li')
  for (let i = 0; i < 5; i++) await t.rejects(accounts.login('li', 'wrong', '10.0.0.1'), { code: 'auth.required' })
  await t.rejects(accounts.login('li', right, '10.0.0.1'), { code: 'auth.limited' })
  t.ok(await accounts.login('li', right, '10.0.0.2'), 'its owner elsewhere is not locked out')
  clock.advance(5 * 60_000)
  t.ok(await accounts.login('li', right, '10.0.0.1'))
})

t.test('a limit counts failures per key, gives back what was none, and forgets the oldest of too many keys', async (t) => {
  const clock = manualClock()
  const limit = createLoginLimit({ clock, windowMs: 1000, tries: (key) => (key.startsWith('name') ? 1 : 3) })
  t.ok(limit.take(['name a', 'address']))
  t.notOk(limit.take(['name a', 'address']), 'the name has no try left, so the address loses none')
  t.ok(limit.take(['name b', 'address']))
  limit.forgive(['name b', 'address'])
  t.ok(limit.take(['name b', 'address']))
  t.ok(limit.take(['name c', 'address']))
  t.notOk(limit.take(['name d', 'address']), 'three failures of the address')
  clock.advance(999)
  t.notOk(limit.take(['address']))
  clock.advance(1)
  t.ok(limit.take(['address']))
  t.ok(limit.take(['name e']))
  for (let i = 0; i < 10_000; i++) limit.take([`flood ${i}`])
  t.ok(limit.take(['name e']), 'forgotten: memory is bounded')
})

t.test('accounts that do not fit are refused', async (t) => {
  const { accounts } = await open(t)
  const fit = { name: 'li', password: right, role: 'viewer', area: '3201' } as const
  await accounts.create(fit)
  await t.rejects(accounts.create(fit), { code: 'conflict' })
  for (const wrong of [{ name: '' }, { name: 'a b' }, { name: 'x'.repeat(65) }, { password: 'short' }, { area: '320' }, { area: 'x' }]) {
    await t.rejects(accounts.create({ ...fit, name: 'other', ...wrong }), { code: 'request.invalid' }, JSON.stringify(wrong))
  }
})
