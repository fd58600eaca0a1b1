// Who may watch over RTSP: tokens of addresses, names with passwords and with tokens of scripts, from where they may come.
import t from 'tap'
import { createAccounts } from '../accounts/index.ts'
import { createLiveTokens } from '../api/index.ts'
import { manualClock, seededBytes, silentLog } from '../base/index.ts'
import type { RtspAsked } from '../media/index.ts'
import { createRegistry } from '../registry/index.ts'
import { openStore } from '../store/index.ts'
import { rtspPermission, type RtspPermissionDeps } from './rtsp-permission.ts'

const [here, there] = ['32011601001320000001', '32011501001320000001'] as const

t.test('one camera, asked for in every way', async (t) => {
  const clock = manualClock()
  const random = seededBytes(7)
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  const accounts = createAccounts({ store: store.accounts, clock, random })
  for (const code of [here, there]) await registry.create({ code, name: '路口', area: code.slice(0, 6) }, 'office', 'first')
  const password = 'Lantern-77-quarry'
  await accounts.create({ name: 'viewer', password, role: 'viewer', area: '320116' })
  await accounts.create({ name: 'fresh', password, role: 'viewer', area: '320116', mustChange: true })
  const tokens = createLiveTokens({ clock, random })
  const permission = (basic: RtspPermissionDeps['basic'] = 'loopback') => rtspPermission({ accounts, registry, tokens, basic })
  const ask = (more: Partial<RtspAsked>, basic?: RtspPermissionDeps['basic']) => permission(basic)({ camera: here, stream: 'main', from: '127.0.0.1', ...more })
  const named = (name: string, with_: string): Partial<RtspAsked> => ({ credentials: { name, password: with_ } })

  t.strictSame(await ask({ token: tokens.make(here, 'viewer').token }), { ok: true, account: 'viewer' })
  t.strictSame(await ask({ token: tokens.make(there, 'viewer').token }), { ok: false, status: 401, realm: 'yiji' }, 'made for another camera')
  t.strictSame(await ask({ camera: there, token: tokens.make(there, 'viewer').token }), { ok: false, status: 404 }, 'what lies outside is not there')
  t.strictSame(await ask({}), { ok: false, status: 401, realm: 'yiji' })

  t.strictSame(await ask(named('viewer', password)), { ok: true, account: 'viewer' })
  t.match((await accounts.auditTrail(1))[0], { account: 'viewer', address: '127.0.0.1', action: 'live.view', subject: here, detail: 'rtsp' })
  t.strictSame(await ask({ ...named('viewer', password), camera: there }), { ok: false, status: 404 })
  t.strictSame(await ask(named('fresh', password)), { ok: false, status: 403 }, 'who has to choose a password first watches nothing')
  t.strictSame(await ask(named('viewer', 'wrong')), { ok: false, status: 401, realm: 'yiji' })
  t.match((await accounts.auditTrail(1))[0], { account: '', address: '127.0.0.1', action: 'session.refused', subject: 'viewer' })
  t.strictSame(await accounts.sessions.list('viewer'), [], 'no session is left of it')

  const account = await accounts.find('viewer')
  if (!account) throw new Error('no account')
  const { token, session } = await accounts.sessions.createToken(account, { address: '127.0.0.1' }, { name: 'recorder', days: 30 })
  t.strictSame(await ask(named('viewer', token)), { ok: true, account: 'viewer', session: session.id }, 'a token in place of the password')
  t.strictSame(await ask(named('other', token)), { ok: false, status: 401, realm: 'yiji' }, 'of its own account only')

  t.strictSame(await ask({ ...named('viewer', password), from: '10.0.0.9' }), { ok: false, status: 401 }, 'not in plain over the network, and not asked for')
  t.match(await ask({ ...named('viewer', password), from: '10.0.0.9' }, 'on'), { ok: true })
  t.match(await ask({ ...named('viewer', password), from: '::ffff:127.0.0.1' }), { ok: true })
  t.strictSame(await ask(named('viewer', password), 'off'), { ok: false, status: 401 })
  t.match(await ask({ ...named('viewer', 'wrong'), token: tokens.make(here, 'viewer').token }, 'off'), { ok: true }, 'the token of the address stands by itself')
  for (let n = 0; n < 6; n++) await ask(named('viewer', 'wrong'))
  t.strictSame(await ask(named('viewer', password)), { ok: false, status: 401, realm: 'yiji' }, 'after too many wrong ones the right one waits too')
  await accounts.setDisabled('viewer', true)
  t.strictSame(await ask({ token: tokens.make(here, 'viewer').token }), { ok: false, status: 401, realm: 'yiji' })
})
