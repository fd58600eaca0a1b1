// Who is let in to a stream without HTTP: the same permissions as over it.
import t from 'tap'
import { createAccounts } from '../accounts/index.ts'
import { manualClock, seededBytes, silentLog } from '../base/index.ts'
import { createRegistry } from '../registry/index.ts'
import { openStore } from '../store/index.ts'
import { createLiveDoor } from './live-door.ts'
import { createLiveTokens } from './live-token.ts'

const [here, there] = ['32011601001320000001', '32011501001320000001'] as const

t.test('a signed token opens the stream it was made for, for as long as it and its maker are good', async (t) => {
  const clock = manualClock()
  const random = seededBytes(7)
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  const accounts = createAccounts({ store: store.accounts, clock, random })
  for (const code of [here, there]) await registry.create({ code, name: '路口', area: code.slice(0, 6) }, 'office', 'first')
  for (const [name, area] of [['viewer', '320116'], ['wide', '']] as const) await store.accounts.saveAccount({ name, role: 'viewer', area, passwordHash: 'none', createdAtMs: 0, disabled: false })
  const tokens = createLiveTokens({ clock, random })
  const door = createLiveDoor({ accounts, registry, tokens })
  const knock = (camera: string, token: string) => door.admit({ camera, token, protocol: 'rtmp' })
  const good = tokens.make(here, 'viewer').token

  t.same(await knock(here, good), { ok: true, account: 'viewer' })
  t.match(await accounts.auditTrail(5), [{ account: 'viewer', action: 'live.view', subject: here, detail: 'rtmp' }])
  for (const bad of ['', 'x', `${good}A`, good.slice(0, -1), tokens.make(there, 'viewer').token, tokens.make(here, 'nobody').token, createLiveTokens({ clock, random }).make(here, 'viewer').token]) {
    t.match(await knock(here, bad), { ok: false, code: 'auth.required' }, bad)
  }
  t.match(await knock(there, good), { ok: false, code: 'auth.required' }, 'not for another camera')
  t.match(await knock(there, tokens.make(there, 'viewer').token), { ok: false, code: 'not-found' }, 'what lies outside is not there')
  t.match(await knock('nothing', tokens.make('nothing', 'wide').token), { ok: false, code: 'not-found' })
  await accounts.setDisabled('viewer', true)
  t.match(await knock(here, good), { ok: false, code: 'auth.required' }, 'its maker is out of use')
  await accounts.setDisabled('viewer', false)
  const { token, expiresAtMs } = tokens.make(here, 'viewer')
  clock.advance(expiresAtMs - clock.wallMs() - 1)
  t.match(await knock(here, token), { ok: true })
  clock.advance(1)
  t.match(await knock(here, token), { ok: false, code: 'auth.required' }, 'it is over')
  t.equal((await accounts.auditTrail(50)).length, 2, 'who was refused has seen nothing')
})
