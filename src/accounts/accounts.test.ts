import t, { type Test } from 'tap'
import { createHash } from 'node:crypto'
import { manualClock, seededBytes, type ManualClock } from '../base/index.ts'
import { addressGroup, createLoginLimit } from './login-limit.ts'
import { proveAudit } from './audit-proof.ts'
import { createBoundedWork } from './bounded-work.ts'
import { checkPassword } from './password-rules.ts'
import { openStore } from '../store/index.ts'
import { actions, createAccounts, hashPassword, isWithin, may, verifyPassword, type AccountChange, type Accounts, type AccountStore, type Action, type AuditRecord, type Ended, type Role } from './index.ts'

const random = seededBytes(28181)
const right = 'eleven cameras'
const at = (address: string) => ({ address, agent: 'test' })

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
    assessor: new Set<Action>([...seen, 'cameras.control', 'recordings.see', 'inspections.run', 'inspections.review', 'rules.write', 'draws.join', 'exemptions.change', 'cameras.verify', 'cameras.check']),
    editor: new Set<Action>([...seen, 'recordings.see', 'cameras.change', 'cameras.check', 'findings.change', 'cameras.control', 'contacts.see', 'devices.operate', 'checks.appeal', 'draws.join']),
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
  t.equal((await accounts.login('admin', made ?? '', at('10.0.0.1'))).account.role, 'admin')
  t.notMatch(JSON.stringify(await store.accounts()), made ?? '-', 'not kept')
  const other = await open(t)
  t.equal(await other.accounts.ensureAdmin('configured password'), undefined)
  t.ok(await other.accounts.login('admin', 'configured password', at('10.0.0.1')))
})

t.test('a session: opened, asked for, over after its time, closed; only the token’s hash is kept', async (t) => {
  const { accounts, store, clock } = await open(t)
  await seat(store, '王芳', 'editor', '320116')
  const first = await accounts.login('王芳', right, at('10.0.0.1'))
  t.equal(first.expiresAtMs, clock.wallMs() + 12 * 3600_000)
  t.equal((await accounts.sessionOf(first.token))?.account.area, '320116')
  t.ok(await store.session(createHash('sha256').update(first.token).digest('hex')))
  t.equal(await store.session(first.token), undefined)
  await accounts.logout(first.token)
  t.equal(await accounts.sessionOf(first.token), undefined)
  const second = await accounts.login('王芳', right, at('10.0.0.1'))
  clock.advance(12 * 3600_000)
  t.equal(await accounts.sessionOf(second.token), undefined)
  t.equal(await store.session(createHash('sha256').update(second.token).digest('hex')), undefined, 'swept')
})

t.test('putting an account out of use ends what it has open, and tells so', async (t) => {
  const { accounts, store } = await open(t)
  await seat(store, 'li')
  const ended: Ended[] = []
  const stop = accounts.onEnded((each) => ended.push(each))
  const { token, account } = await accounts.login('li', right, at('10.0.0.1'))
  const script = await accounts.sessions.createToken(account, at('10.0.0.1'), { name: 'report', days: 30 })
  await accounts.setDisabled('li', true)
  t.equal(await accounts.sessionOf(token), undefined)
  t.equal(await accounts.sessionOf(script.token), undefined)
  t.same(ended, [{ account: 'li' }])
  await t.rejects(accounts.login('li', right, at('10.0.0.1')), { code: 'auth.required' })
  await accounts.setDisabled('li', false)
  t.equal(await accounts.sessionOf(token), undefined, 'what has ended does not come back')
  await t.rejects(accounts.setDisabled('nobody', true), { code: 'not-found' })
  stop()
  await accounts.setDisabled('li', true)
  t.equal(ended.length, 1, 'who stopped hearing hears nothing')
})

t.test('a session that lies idle is over; one that is used is not, until its time', async (t) => {
  const { accounts, store, clock } = await open(t)
  await seat(store, 'li')
  const { token, id } = await accounts.login('li', right, at('10.0.0.1'))
  clock.advance(2 * 3600_000 - 1)
  t.ok(await accounts.sessionOf(token))
  clock.advance(3600_000)
  t.ok(await accounts.sessionOf(token), 'it was used an hour ago')
  t.match(await accounts.sessions.list('li'), [{ id, kind: 'session', address: '10.0.0.1', agent: 'test', seenAtMs: clock.wallMs() }])
  clock.advance(2 * 3600_000)
  t.same(await accounts.sessions.list('li'), [])
  t.equal(await accounts.sessionOf(token), undefined)
})

t.test('tokens of scripts: named, shown once, listed without what opens them, ended by name', async (t) => {
  const { accounts, store, clock } = await open(t)
  await seat(store, 'li')
  const { account, id: own = '' } = await accounts.login('li', right, at('10.0.0.1'))
  const { token, session } = await accounts.sessions.createToken(account, at('10.0.0.1'), { name: 'nightly', days: 90 })
  t.match(token, /^yiji_[\w-]{43}$/)
  t.equal(session.expiresAtMs, clock.wallMs() + 90 * 24 * 3600_000)
  await t.rejects(accounts.sessions.createToken(account, at(''), { name: 'nightly', days: 1 }), { code: 'conflict' })
  t.notMatch(JSON.stringify(await accounts.sessions.list('li')), token.slice(5))
  clock.advance(3 * 3600_000)
  t.match(await accounts.sessionOf(token), { account: { name: 'li' }, kind: 'token', id: session.id }, 'a script may sleep')
  t.same((await accounts.sessions.list('li')).map(({ name }) => name), ['nightly'], 'its maker’s session is over')
  t.equal(await accounts.sessions.end('other', session.id), false, 'not another’s')
  t.equal(await accounts.sessions.end('li', own), true)
  t.equal(await accounts.sessions.end('li', session.id), true)
  t.equal(await accounts.sessionOf(token), undefined)
  for (let n = 0; n < 20; n++) await accounts.sessions.createToken(account, at(''), { name: `t${n}`, days: 1 })
  await t.rejects(accounts.sessions.createToken(account, at(''), { name: 'one more', days: 1 }), { code: 'conflict' })
})

t.test('a password is changed by who knows it; other sessions end, this one and the scripts’ stay', async (t) => {
  const { accounts, store } = await open(t)
  await store.saveAccount({ name: 'li', role: 'viewer', area: '', passwordHash: await hashPassword(right, random, { N: 16, r: 8, p: 1 }), createdAtMs: 0, disabled: false, mustChange: true })
  const [here, there] = [await accounts.login('li', right, at('10.0.0.1')), await accounts.login('li', right, at('10.0.0.2'))]
  const { token } = await accounts.sessions.createToken(here.account, at(''), { name: 'x', days: 1 })
  const change = (current: string, next: string) => accounts.changePassword('li', { current, next }, at('10.0.0.1'), here.id)
  await t.rejects(change('wrong', 'twelve cameras'), { code: 'auth.refused' })
  await t.rejects(change(right, 'short'), { code: 'request.invalid' })
  await t.rejects(change(right, right), { code: 'request.invalid' })
  t.same(await change(right, 'twelve cameras'), { ended: 1 })
  t.match(await accounts.sessionOf(here.token), { account: { mustChange: undefined, passwordAtMs: Number } })
  t.equal(await accounts.sessionOf(there.token), undefined)
  t.ok(await accounts.sessionOf(token))
  await t.rejects(accounts.login('li', right, at('10.0.0.9')), { code: 'auth.required' })
  const given = await accounts.change('li', { password: 'given by the admin', mustChange: true })
  t.equal(given.mustChange, true)
  t.same([await accounts.sessionOf(here.token), await accounts.sessionOf(token)], [undefined, undefined], 'after a password given by another everything ends')
  await t.rejects(Promise.all(Array.from({ length: 9 }, () => change('guess', 'twelve cameras 2'))), { code: 'auth.limited' }, 'the present one cannot be guessed here either')
})

t.test('an account that may do less than before starts anew; the last admin of everywhere stays one', async (t) => {
  const { accounts, store } = await open(t)
  await seat(store, 'root', 'admin')
  await seat(store, 'li', 'editor', '3201')
  const again = async (change: AccountChange): Promise<boolean> => {
    const { token } = await accounts.login('li', right, at('10.0.0.1'))
    await accounts.change('li', change)
    return (await accounts.sessionOf(token)) !== undefined
  }
  t.equal(await again({ area: '' }), true, 'a wider area takes nothing away')
  t.equal(await again({ area: '320116' }), false)
  t.equal(await again({ role: 'viewer' }), false)
  for (const change of [{ disabled: true }, { role: 'viewer' }, { area: '32' }] as const) await t.rejects(accounts.change('root', change), { code: 'conflict' }, JSON.stringify(change))
  await accounts.change('li', { role: 'admin', area: '' })
  t.match(await accounts.change('root', { disabled: true }), { disabled: true })
  await t.rejects(accounts.change('li', { area: '3' }), { code: 'request.invalid' })
})

t.test('an unknown name and a wrong password are told apart by nothing', async (t) => {
  const { accounts } = await open(t)
  await accounts.create({ name: 'li', password: right, role: 'viewer', area: '' })
  const took = async (name: string): Promise<number> => {
    const from = performance.now()
    await t.rejects(accounts.login(name, 'wrong', at(`for ${name}`)), { code: 'auth.required', message: 'the name or the password is wrong' })
    return performance.now() - from
  }
  await took('warm up')
  const [known, unknown] = [await took('li'), await took('nobody')]
  t.ok(unknown > known / 3, `${unknown.toFixed(0)} ms against ${known.toFixed(0)} ms: both derive a key`)
})

t.test('failures of a name from an address cost time, more with each; its owner elsewhere is not locked out', async (t) => {
  const { accounts, store, clock } = await open(t)
  await seat(store, 'li')
  for (let i = 0; i < 5; i++) await t.rejects(accounts.login('li', 'wrong', at('10.0.0.1')), { code: 'auth.required' })
  await t.rejects(accounts.login('li', right, at('10.0.0.1')), { code: 'auth.limited', message: /wait 30 seconds/ })
  t.ok(await accounts.login('li', right, at('10.0.0.2')))
  clock.advance(30_000)
  await t.rejects(accounts.login('li', 'wrong', at('10.0.0.1')), { code: 'auth.required' })
  await t.rejects(accounts.login('li', right, at('10.0.0.1')), { code: 'auth.limited', message: /wait 60 seconds/ })
  clock.advance(60_000)
  t.ok(await accounts.login('li', right, at('10.0.0.1')))
  for (let i = 0; i < 5; i++) await t.rejects(accounts.login('li', 'wrong', at('10.0.0.1')), { code: 'auth.required' }, 'the right one has cleared the slate')
})

t.test('a limit: free failures, then waits that double up to a bound, forgotten when left alone', (t) => {
  const clock = manualClock()
  const limit = createLoginLimit({ clock, free: (key) => (key.startsWith('name') ? 1 : 3), firstWaitMs: 1000, longestWaitMs: 4000 })
  t.equal(limit.take(['name a', 'address']), 0)
  t.equal(limit.take(['name a', 'address']), 1000, 'the name has none left, so the address loses none')
  t.equal(limit.take(['name b', 'address']), 0)
  limit.forgive(['name b', 'address'], 'name b')
  t.equal(limit.take(['name b', 'address']), 0)
  t.equal(limit.take(['name c', 'address']), 0)
  t.equal(limit.take(['name d', 'address']), 1000, 'three failures of the address')
  for (const wait of [1000, 2000, 4000, 4000]) {
    t.equal(limit.take(['address']), wait)
    clock.advance(wait - 1)
    t.equal(limit.take(['address']), 1)
    clock.advance(1)
    t.equal(limit.take(['address']), 0)
  }
  clock.advance(8000)
  t.equal(limit.take(['address']), 0)
  t.equal(limit.take(['address']), 0, 'forgotten')
  t.equal(limit.take(['name e']), 0)
  for (let i = 0; i < 10_000; i++) limit.take([`flood ${i}`])
  t.equal(limit.take(['name e']), 0, 'memory is bounded')
  t.end()
})

t.test('addresses of one IPv6 network count as one', (t) => {
  for (const [address, group] of [
    ['10.0.0.1', '10.0.0.1'], ['::ffff:10.0.0.1', '10.0.0.1'], ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'], ['::1', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], ['', ''],
  ] as const) t.equal(addressGroup(address), group, address)
  t.end()
})

t.test('slow work: some at a time, in turn, no more waiting than there is room for, and no key before the others', async (t) => {
  const work = createBoundedWork({ atOnce: 2, waiting: 3, waitingPerKey: 3 })
  const ends: (() => void)[] = []
  const began: string[] = []
  const start = (key: string, name: string): Promise<string> =>
    work(key, async () => {
      began.push(name)
      await new Promise<void>((resolve) => ends.push(resolve))
      return name
    })
  const first = [start('a', '1'), start('a', '2'), start('a', '3')]
  await t.rejects(start('a', '4'), { code: 'auth.limited' }, 'three of one key')
  const others = [start('b', '5'), start('c', '6')]
  await t.rejects(start('d', '7'), { code: 'auth.limited' }, 'three wait')
  t.same(began, ['1', '2'])
  for (let n = 0; n < 5; n++) {
    await Promise.resolve()
    while (ends.length === 0) await new Promise(setImmediate)
    ends.shift()?.()
  }
  t.same(await Promise.all([...first, ...others]), ['1', '2', '3', '5', '6'])
  await t.rejects(work('a', () => Promise.reject(new Error('broken'))), /broken/)
  t.equal(await work('a', async () => 9), 9, 'a failure makes room too')
})

t.test('passwords that everybody tries first are refused, with the reason', (t) => {
  for (const [password, why] of [
    ['short', /has 5 characters/], ['一机一档2026', /at least 10/], ['x'.repeat(300), /longer/], ['aaaabbbbcccc', /four different/], ['1234567890', /neighbours/], ['12341234123', /neighbours/],
    ['Admin@2026!', /common word/], ['password123', /common word/], ['Hikvision12345', /common word/], ['for Wang.Fang only', /name of the account/],
  ] as const) t.throws(() => checkPassword(password, 'wang.fang'), { code: 'request.invalid', message: why }, password)
  for (const password of ['eleven cameras', '南京六合交警大队一二', 'k3-Wv9_pQz1', 'configured password']) t.doesNotThrow(() => checkPassword(password, 'wang.fang'), password)
  t.end()
})

t.test('the trail proves itself, and says where it was touched', async (t) => {
  const { accounts, store, clock } = await open(t)
  t.match(await accounts.proveAudit(), { ok: true, entries: 0, from: 0, through: 0, head: '' })
  for (let n = 1; n <= 5; n++) {
    await accounts.audit({ account: 'li', action: n % 2 ? 'camera.change' : 'live.view', subject: `c${n}`, detail: '', address: '10.0.0.1' })
    clock.advance(24 * 3600_000)
  }
  const [last] = await accounts.auditTrail(1)
  t.match(await accounts.proveAudit(), { ok: true, entries: 5, from: 1, through: 5, head: last?.hash })
  const records = await store.auditStretch(0, 10)
  const proof = (changed: readonly AuditRecord[]) => proveAudit(async (after, limit) => changed.filter(({ n }) => n > after).slice(0, limit), [], async () => {})
  t.match(await proof(records.map((record) => (record.n === 3 ? { ...record, detail: 'x' } : record))), { ok: false, broken: { n: 3, reason: 'changed' }, through: 2 })
  t.match(await proof(records.filter(({ n }) => n !== 2)), { ok: false, broken: { n: 2, reason: 'missing' } })
  t.same((await accounts.auditPage({ action: 'camera', limit: 9 })).map(({ n }) => n), [5, 3, 1])
  t.same((await accounts.auditPage({ action: 'live.view', before: 4, limit: 9 })).map(({ n }) => n), [2])
  t.same((await accounts.auditPage({ subject: 'c4', account: 'li', fromMs: 0, toMs: clock.wallMs(), limit: 9 })).map(({ n }) => n), [4])
  t.equal(await accounts.cutAudit(0), undefined, 'for ever')
  t.equal(await accounts.cutAudit(100), undefined, 'nothing is that old')
  t.match(await accounts.cutAudit(3), { through: 2, entries: 2 })
  t.match(await accounts.proveAudit(), { ok: true, entries: 4, from: 3, through: 6, cuts: [{ through: 2 }] })
  t.match(await accounts.auditTrail(1), [{ action: 'audit.cut', subject: '1-2' }])
  clock.advance(1000 * 24 * 3600_000)
  t.match(await accounts.cutAudit(3), { through: 5 }, 'the newest entry stays, whatever its age')
  t.match(await accounts.proveAudit(), { ok: true, from: 6 })
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
